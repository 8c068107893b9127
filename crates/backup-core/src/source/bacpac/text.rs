//! Values of SQL Server as text. Values that SQL Server cannot hold are `None`.

use std::fmt::Write as _;

/// The number of days from 0001-01-01 to 1900-01-01.
const DAYS_TO_1900: i64 = 693_595;
/// The number of days from 0001-01-01 to 9999-12-31.
const LAST_DAY: i64 = 3_652_058;
/// 1753-01-01, the first day of `datetime`, as days after 1900-01-01.
const FIRST_DATETIME: i64 = -53_690;
const UNITS_A_SECOND: u64 = 10_000_000;
const UNITS_A_DAY: u64 = 86_400 * UNITS_A_SECOND;
const UNITS_A_MINUTE: i64 = 60 * UNITS_A_SECOND as i64;

/// The number `magnitude`, negative or not, with the last `scale` digits after a point.
fn scaled(text: &mut String, is_negative: bool, magnitude: u128, scale: u8) {
    if is_negative && magnitude > 0 {
        text.push('-');
    }
    let digits = format!("{magnitude:0width$}", width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    text.push_str(whole);
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
}

/// A `decimal` of this type: precision, scale, sign, and sixteen bytes of the magnitude.
pub(super) fn decimal(text: &mut String, value: [u8; 19], precision: u8, scale: u8) -> Option<()> {
    let [own_precision, own_scale, sign, magnitude @ ..] = value;
    let magnitude = u128::from_le_bytes(magnitude);
    let fits = magnitude < 10u128.pow(precision.into());
    if (own_precision, own_scale) != (precision, scale) || sign > 1 || !fits {
        return None;
    }
    scaled(text, sign == 0, magnitude, scale);
    Some(())
}

/// A number of ten thousandths.
pub(super) fn money(text: &mut String, value: i64) -> Option<()> {
    scaled(text, value < 0, value.unsigned_abs().into(), 4);
    Some(())
}

/// In the order in which SQL Server writes it, in upper case.
pub(super) fn guid(text: &mut String, value: [u8; 16]) -> Option<()> {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    for (at, from) in ORDER.into_iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            text.push('-');
        }
        let _ = write!(text, "{:02X}", value[from]);
    }
    Some(())
}

/// Days after 1900-01-01 and three hundredths of a second, as SQL Server rounds them to three
/// digits.
pub(super) fn datetime(text: &mut String, days: i32, ticks: u32) -> Option<()> {
    let days = i64::from(days);
    if days < FIRST_DATETIME || u64::from(ticks) >= 86_400 * 300 {
        return None;
    }
    let milliseconds = (u64::from(ticks) * 10 + 1) / 3;
    date(text, days + DAYS_TO_1900)?;
    text.push('T');
    clock(text, milliseconds * (UNITS_A_SECOND / 1000), 3)
}

/// Days after 1900-01-01, and minutes.
pub(super) fn smalldatetime(text: &mut String, days: u16, minutes: u16) -> Option<()> {
    date(text, i64::from(days) + DAYS_TO_1900)?;
    text.push('T');
    clock(text, u64::from(minutes) * UNITS_A_MINUTE as u64, 0)
}

/// The date with this number of days after 0001-01-01.
pub(super) fn date(text: &mut String, days: i64) -> Option<()> {
    if !(0..=LAST_DAY).contains(&days) {
        return None;
    }
    let (year, month, day) = civil(days);
    let _ = write!(text, "{year:04}-{month:02}-{day:02}");
    Some(())
}

/// The time of a day in units of 100 nanoseconds, with this number of digits after the second.
pub(super) fn clock(text: &mut String, units: u64, digits: u8) -> Option<()> {
    let unit = 10u64.pow(7 - u32::from(digits));
    if units >= UNITS_A_DAY || !units.is_multiple_of(unit) {
        return None;
    }
    let seconds = units / UNITS_A_SECOND;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(text, "{hour:02}:{minute:02}:{second:02}");
    if digits > 0 {
        let fraction = units % UNITS_A_SECOND / unit;
        let _ = write!(text, ".{fraction:0width$}", width = usize::from(digits));
    }
    Some(())
}

pub(super) fn datetime2(text: &mut String, days: u32, units: u64, digits: u8) -> Option<()> {
    date(text, days.into())?;
    text.push('T');
    clock(text, units, digits)
}

/// A local time. The file has the time in UTC, and the offset in minutes.
pub(super) fn datetimeoffset(
    text: &mut String,
    days: u32,
    units: u64,
    offset: i16,
    digits: u8,
) -> Option<()> {
    if i64::from(days) > LAST_DAY || units >= UNITS_A_DAY || offset.unsigned_abs() > 14 * 60 {
        return None;
    }
    let local = i64::from(days) * UNITS_A_DAY as i64 + units as i64;
    let local = local + i64::from(offset) * UNITS_A_MINUTE;
    let local = u64::try_from(local).ok()?;
    date(text, (local / UNITS_A_DAY) as i64)?;
    text.push('T');
    clock(text, local % UNITS_A_DAY, digits)?;
    let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
    let _ = write!(text, "{sign}{:02}:{:02}", offset / 60, offset % 60);
    Some(())
}

/// The year, month and day of a number of days after 0001-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that the leap day is the last of a year.
    const FOUR_CENTURIES: i64 = 146_097;
    let days = days + 306;
    let (era, day_of_era) = (days / FOUR_CENTURIES, days % FOUR_CENTURIES);
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_gregorian_calendar() {
        let first = jiff::civil::date(1, 1, 1);
        for days in (0..=LAST_DAY).step_by(13).chain([LAST_DAY]) {
            let expected = first + jiff::Span::new().days(days);
            let mut text = String::new();
            date(&mut text, days).expect("a day of the calendar");
            assert_eq!(text, expected.to_string(), "{days} days");
        }
    }
}
