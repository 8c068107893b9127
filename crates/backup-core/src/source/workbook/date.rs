//! Converts serial numbers to ISO 8601 text.
//!
//! Excel stores a time as the number of days since the end of 1899 or since 1 January 1904, with a
//! precision of one millisecond. It treats 1900 as a leap year. The text is the date that Excel
//! displays.

use calamine::{ExcelDateTime, ExcelDateTimeType};

const DAY_MILLIS: f64 = 86_400_000.0;
/// The first serial numbers after 31 December 9999.
const END_1900: f64 = 2_958_466.0;
const END_1904: f64 = 2_957_004.0;

/// A date, a time, or both; `None` if Excel does not display the number as a date.
///
/// A number without a fraction is a date, and a number below 1 is a time. This is the same in both
/// systems, because midnight and the first day of 1904 have the same number.
pub(super) fn moment(serial: f64, is_1904: bool) -> Option<String> {
    let end = if is_1904 { END_1904 } else { END_1900 };
    if !(0.0..end).contains(&serial) || (serial == 0.0 && serial.is_sign_negative()) {
        return None;
    }
    let time = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904);
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    // The last half millisecond before midnight rounds to the next day, even if the number is only
    // a time.
    let rounds_up = (serial.fract() * DAY_MILLIS).round() >= DAY_MILLIS;
    if rounds_up && serial.floor() == end - 1.0 {
        return None;
    }
    let mut text = String::with_capacity("1900-01-01T00:00:00.000".len());
    let is_time = serial < 1.0 && !rounds_up;
    if !is_time {
        push(&mut text, "", year, 4);
        push(&mut text, "-", month.into(), 2);
        push(&mut text, "-", day.into(), 2);
    }
    if is_time || serial.fract() != 0.0 {
        push(&mut text, if is_time { "" } else { "T" }, hour.into(), 2);
        push(&mut text, ":", minute.into(), 2);
        push(&mut text, ":", second.into(), 2);
        text += &fraction(milli.into());
    }
    Some(text)
}

/// Appends a separator and a number of `width` digits.
fn push(text: &mut String, separator: &str, number: u16, width: u32) {
    text.push_str(separator);
    let digit = |place| char::from(b'0' + (number / 10u16.pow(place) % 10) as u8);
    text.extend((0..width).rev().map(digit));
}

/// A duration in days, as hours, minutes and seconds: `PT36H00M00S`.
pub(super) fn duration(days: f64) -> Option<String> {
    if days.abs() >= END_1900 || days.is_nan() || (days == 0.0 && days.is_sign_negative()) {
        return None;
    }
    // At most 2.6e14, which a double represents exactly.
    let millis = (days.abs() * DAY_MILLIS).round() as u64;
    let sign = if days < 0.0 && millis > 0 { "-" } else { "" };
    let (hours, rest) = (millis / 3_600_000, millis % 3_600_000);
    let (minutes, seconds, millis) = (rest / 60_000, rest / 1_000 % 60, rest % 1_000);
    Some(format!("{sign}PT{hours:02}H{minutes:02}M{seconds:02}{}S", fraction(millis)))
}

fn fraction(millis: u64) -> String {
    if millis == 0 { String::new() } else { format!(".{millis:03}") }
}

#[cfg(test)]
mod tests {
    use super::{duration, moment};

    #[test]
    fn known_serials_are_the_dates_that_excel_shows() {
        for (serial, is_1904, shown) in [
            (1.0, false, Some("1900-01-01")),
            (59.0, false, Some("1900-02-28")),
            (60.0, false, Some("1900-02-29")),
            (61.0, false, Some("1900-03-01")),
            (366.0, false, Some("1900-12-31")),
            (367.0, false, Some("1901-01-01")),
            (36_525.0, false, Some("1999-12-31")),
            (36_585.0, false, Some("2000-02-29")),
            (44_197.5, false, Some("2021-01-01T12:00:00")),
            (44_484.791_666_666_7, false, Some("2021-10-15T19:00:00")),
            (45_943.541, false, Some("2025-10-13T12:59:02.400")),
            (0.0, false, Some("00:00:00")),
            (0.5, false, Some("12:00:00")),
            (0.187_375, false, Some("04:29:49.200")),
            (44_196.999_999_999_9, false, Some("2021-01-01T00:00:00")),
            (2_958_465.0, false, Some("9999-12-31")),
            (2_958_466.0, false, None),
            (-1.0, false, None),
            (-0.0, false, None),
            (f64::NAN, false, None),
            (f64::INFINITY, false, None),
            (1.0, true, Some("1904-01-02")),
            (59.0, true, Some("1904-02-29")),
            (42_735.0, true, Some("2021-01-01")),
            (42_735.5, true, Some("2021-01-01T12:00:00")),
            (2_957_003.0, true, Some("9999-12-31")),
            (2_957_004.0, true, None),
        ] {
            assert_eq!(
                moment(serial, is_1904).as_deref(),
                shown,
                "serial {serial}, 1904 {is_1904}"
            );
        }
    }

    #[test]
    fn the_last_instant_of_a_range_does_not_wrap() {
        assert_eq!(
            moment(f64::from_bits(1.0f64.to_bits() - 1), false).as_deref(),
            Some("1900-01-01T00:00:00")
        );
        assert_eq!(moment(f64::from_bits(2_958_466.0f64.to_bits() - 1), false), None);
    }

    #[test]
    fn durations_count_hours_past_a_day() {
        for (days, text) in [
            (1.5, Some("PT36H00M00S")),
            (0.0, Some("PT00H00M00S")),
            (-0.25, Some("-PT06H00M00S")),
            (1.0 / 86_400.0, Some("PT00H00M01S")),
            (0.001 / 86_400.0, Some("PT00H00M00.001S")),
            (f64::NAN, None),
            (1e300, None),
        ] {
            assert_eq!(duration(days).as_deref(), text, "{days} days");
        }
    }
}
