## Things that are counted

count-records = { $count ->
    [one] 1 record
   *[other] { $count } records
}

## Steps that take time

step-export = export
step-read-back = read-back
step-verify = verify
step-restore = restore
step-prove = prove
step-compare = compare
step-keys-and-references = keys-and-references

## Checks that passed. The number stands beside the text. The JSON form has the plural.

check-sealed-bytes = { $count ->
    [one] encrypted byte hashed
   *[other] encrypted bytes hashed
}
check-frames = { $count ->
    [one] zstd frame decompressed, checksum verified
   *[other] zstd frames decompressed, checksums verified
}
check-members = { $count ->
    [one] member compared with the bag's manifests
   *[other] members compared with the bag's manifests
}
check-tables = { $count ->
    [one] table decoded strictly, counted and hashed
   *[other] tables decoded strictly, counted and hashed
}
check-records = { $count ->
    [one] record read
   *[other] records read
}
check-files = { $count ->
    [one] file hashed
   *[other] files hashed
}
check-content-id = content id computed from the contents
check-expected-id = content id equal to the expected one
check-rebuilt-sources = { $count ->
    [one] source file rebuilt by its recipe and hashed
   *[other] source files rebuilt by their recipes and hashed
}
check-originals = { $count ->
    [one] source file written byte for byte
   *[other] source files written byte for byte
}
check-restored-records = { $count ->
    [one] record read back from the database and compared
   *[other] records read back from the database and compared
}
check-restored-files = { $count ->
    [one] file compared
   *[other] files compared
}
check-restored-content-id = content id computed from the restored database only
check-limits = { $count ->
    [one] limit met
   *[other] limits met
}
check-history = { $count ->
    [one] line of the history checked
   *[other] lines of the history checked
}
check-whole-parts = { $count ->
    [one] intact part of a table
   *[other] intact parts of tables
}
check-whole-files = { $count ->
    [one] intact file
   *[other] intact files
}
check-loose-members = { $count ->
    [one] complete member extracted without the manifest
   *[other] complete members extracted without the manifest
}
check-totals = { $count ->
    [one] total equal to the CRM's
   *[other] totals equal to the CRM's
}
check-keys = { $count ->
    [one] key checked
   *[other] keys checked
}
check-references = { $count ->
    [one] reference checked
   *[other] references checked
}
check-ids = { $count ->
    [one] id in references looked up
   *[other] ids in references looked up
}
check-sources = { $count ->
    [one] table or file without a difference from the current source
   *[other] tables and files without a difference from the current source
}

## Checks that were asked for and skipped, and why. The JSON form has the English.

skipped-read-back = the archive was not read back from disk
skipped-age = the age limit: the time of the export is not known
skipped-restore-time = the limit for the restore time: the archive was not restored
skipped-nothing-left = nothing could be restored: 0 tables, 0 files
skipped-unnamed-parts = the requested tables: without the manifest, it is not known which table a part belongs to, so the parts of all tables were restored
skipped-unproven = { $cut_short ->
    [true] what was restored is in the folder unproven (tables: { $tables }, files: { $files }): the end of the archive is missing, so it is not known what else it contained
   *[other] what was restored is in the folder unproven (tables: { $tables }, files: { $files }): the manifest cannot be read, so it is not known what else the archive contained
}
skipped-unread-at-export = { $source }: the export could not read it as a table; the archive contains its bytes
skipped-opaque = { $source } looks like data but was not read as a table, and the archive has no tables
skipped-unread-table = table { $table } of { $source } was not read, and is stored only in this file: { $why }
skipped-missing-records = table { $table } of { $source } is not complete: { $why }
skipped-missing-anywhere = { $source } is not complete: { $why }
skipped-unclear-encoding = the encoding of { $source } is not clear: another one is almost as likely, so the text may be wrong
skipped-unread = { $error }; it is stored in the archive as a file, not as a table. { $hint }
skipped-unreadable = { $error }; an export would stop here. { $hint }
skipped-no-checksum = there is no checksum file { $path }
skipped-checksum-no-file = { $path } is not a regular file
skipped-checksum-too-long = { $path } is too long for a .sha256 file
skipped-checksum-no-digest = { $path } does not begin with a SHA-256 digest
skipped-sealed-bytes = the .sha256 file next to the archive was not compared: { $error }
skipped-unreadable-now = { $source } cannot be read now, so it was not compared: { $error }
skipped-ambiguous = { $file ->
    [true] file { $name } in the current source: several files have this name and cannot be distinguished; name the same sources, in the order of the export
   *[other] table { $name } in the current source: several tables have this name and cannot be distinguished; pair it with one of them, or name the same sources, in the order of the export
}
skipped-other-columns = the records of table { $table }: its columns have changed
skipped-sources = the current sources: { $error }
skipped-totals = the expected totals: { $error }
skipped-as-archive-failed = the check of the archive itself failed
skipped-sum = table { $table }: the sum of column "{ $column }" is { $actual } instead of { $expected }, but { $count ->
    [one] 1 cell is not a number and was not counted
   *[other] { $count } cells are not numbers and were not counted
}
skipped-two-names = { $first } and { $second } in the list of totals both mean table { $table }, so the second was not compared; name tables as the list that --totals writes
skipped-ambiguous-total = the totals of table { $table }: several tables have this name; use a full name, such as { $example }
skipped-keys = keys and references, and the schema if one was given: { $error }
skipped-keys-of-table = { $count } more keys and references of table { $table }: it has more than are checked
skipped-schema-table = table { $table } of the schema: the archive has no such table
skipped-schema-part = {$table} in the schema is a part of a table for which it gives keys already; these are not used
skipped-ambiguous-schema = table { $table } of the schema: several tables have this name; use one of { $names }
skipped-unmapped = table { $name } of the current sources: no table has this name; the tables there are { $names }
skipped-ambiguous-map = table { $name } of the current sources: several tables have this name; use one of { $names }
skipped-schema-columns = columns of the schema for table { $table }: the table has no column { $columns }
skipped-schema-words = requirements of the schema for table { $table } that are not checked: { $words }
skipped-key-columns = a key of table { $table }: the table has no column { $columns }
skipped-reference-columns = a reference of table { $table }: the table has no column { $columns }
skipped-reference-no-table = a reference of table { $table } to table { $target }: the archive has no such table
skipped-reference-no-columns = a reference of table { $table } to table { $target }: the target has no column { $columns }
skipped-reference-too-many-keys = a reference of table { $table } to table { $target }: the target has more keys than are checked
skipped-lost = { $source } cannot be restored byte for byte: { $why }
skipped-not-rebuilt = { $source } was not rebuilt
skipped-other = { $check }: { $error }
skipped-history = the history was not written: { $error }

## What the sources contained and the archive does not contain, or contains in another form

ledger-unread = it could not be read as a table
ledger-renamed-table = the table was renamed, because another table has the same name
ledger-renamed-file = the file was renamed, because another file has the same name
ledger-renamed-source = the name of the folder was put before the name of this source, because another source has the same name
ledger-renamed-member = the member was renamed, because another member has the same name
ledger-empty-folder = the empty folder is not stored
ledger-link = a symbolic link is not followed
ledger-special-file = a device, pipe or socket is not read
ledger-own-file = a file of the backup itself is not stored (an archive, a file beside an archive, or a file of this run)
ledger-key-file = an identity file, which opens archives, is not stored
ledger-lock-file = the lock file of Excel or another program is not stored
ledger-within-zip = the member is stored only within its ZIP file
ledger-hidden-sheet = the sheet is hidden in the workbook; it is stored as a table
ledger-wal-index = the index of a SQLite log is not stored
ledger-system-file = metadata of an operating system, stored like an attachment
ledger-decoded-name = the name is not Unicode: it is shown decoded, and its bytes are kept
ledger-named-twice = it was named more than once, and is read each time
ledger-member-names = the names of ZIP members are not UTF-8 and have no declared encoding; the encoding was guessed
ledger-unlisted-bytes = bytes that belong to no member are stored only within the ZIP file
ledger-rows-above-header = the lines or rows above the header are stored with the file, and are not in a table
ledger-rows-below-table = lines below the records, such as a comment or totals, are stored with the file, and are not in a table
ledger-padded-header = the header is shorter than the longest record; columns without a label were added
ledger-blank-lines = blank lines between records are not stored
ledger-padded-records = records shorter than the longest were padded with nulls
ledger-empty-database = the database contains no tables; if its data is in a write-ahead log (-wal), that file belongs beside it
ledger-empty-file = the file is empty and contains no table
ledger-kept-whole = the file cannot be rebuilt from its table, so it is stored as a file too
ledger-original-lost = the stream cannot be rebuilt byte for byte
ledger-date-as-text = dates, times and durations are stored as ISO 8601 text, with millisecond precision
ledger-unreadable-date = numbers with a date format that are outside the calendar of the workbook are stored as numbers
ledger-boolean-as-text = booleans are stored as the text true or false
ledger-error-as-text = errors are stored as their text
ledger-formula-as-value = formulas are stored as the values that the workbook computed last
ledger-formula-without-value = formulas without a value in the file are stored as null
ledger-merged-cells = merged areas are stored as the value of their first cell; their other cells are null
ledger-outer-spaces = spaces around text are not stored unless the file marks them as significant, as in spreadsheets
ledger-corrected-text = text that the workbook library would have changed is stored as the file contains it
ledger-corrected-number = numbers that the workbook library would have changed are stored as the file contains them
ledger-corrected-date = the number format in the file decides between number and date; the workbook library would have decided otherwise
ledger-corrected-error = errors that the workbook library would have returned as another value are stored as their text
ledger-exact-digits = numbers with more digits than spreadsheets store are stored with the digits in the file
ledger-not-a-worksheet = a sheet that is not a worksheet, such as a chart, is stored only in the workbook
ledger-empty-sheet = a sheet without values is stored only in the workbook
ledger-internal-table = an internal table of SQLite is not stored as a table
ledger-virtual-table = a virtual table is stored only in the database file and in the tables that it uses
ledger-no-order = the records of this table have no defined order; they are stored in SQLite's storage order
ledger-generated-column = a generated column that SQLite cannot compute here is not stored
ledger-lone-surrogate = text that is not valid UTF-16 is stored as the bytes of generalized UTF-8
ledger-left-out-table = a table was left out, because no pattern for tables names it
ledger-unread-table = a table could not be read, and is stored only in the original file
ledger-missing-records = records are missing in the source
ledger-computed-column = the values of computed columns are not in the source
ledger-undefined-table = a table of a dump without its definition
ledger-not-in-snapshot = the engine of this table has no transactions; its records are from the moment when they were read, not from that of the other tables
ledger-encoded-column = values of a type of SQL Server are stored as its bytes

## Where something is

comma = {", "}
colon = {": "}
at-table = table { $table }
at-part = part { $part }
at-record = record { $record }
at-line = line { $line }
at-column = column { $column }
at-byte = byte { $byte }
at-path = { $path }

## Errors

error-at = { $place }: { $what }
error-caused = { $what }: { $cause }
error-io = cannot { $doing }
error-needs-passphrase = none of the given keys opens this archive; it is encrypted with a passphrase
error-no-key-fits = none of the given keys opens this archive; it is encrypted for other keys
error-wrong-passphrase = the passphrase does not open this archive
error-locked-key = none of the given keys opens this archive; { $name } was not tried, because it is encrypted with a passphrase and none was given
error-not-an-archive = this is not an archive: { $why }
error-work-factor = its passphrase has a work factor of { $found }, which takes { $memory } of memory; the limit is { $most }
error-moved = the source changed while it was read
error-exists = { $path } exists already
error-locked = another run is writing { $path }; it did not end within { $seconds } seconds
error-not-replaceable = { $path } is not replaced: { $why }
error-not-flushed = { $path } is complete, but its name may not be on the disk yet
error-after-publishing = { $path } is complete, but a later step failed
error-not-there = there is no { $what } in this archive
error-scratch = the database cannot { $doing }: { $why }
error-cancelled = interrupted
error-other = an error outside this library
error-panicked = internal error: the { $thread } thread panicked

# They follow "cannot".
operation-open = open { $path }
operation-read = read { $path }
operation-read-archive = read the archive { $path }
operation-read-workbook = read the workbook { $path }
operation-write = write { $path }
operation-write-to = write to { $path }
operation-write-to-folder = write to the folder { $path }
operation-write-archive = write the archive { $path }
operation-write-file = write the file { $path }
operation-create-in = create a file in { $path }
operation-write-in = write a file in { $path }
operation-read-in = read a file in { $path }
operation-remove = remove { $path }
operation-replace = replace { $path }
operation-start = start { $path }
operation-start-thread = start a thread { $path }
operation-send-records = send the records to the process that requested them { $path }

# Instead of the message of the operating system.
os-not-found = no such file or folder
os-no-folder = the folder does not exist
os-permission = no permission to read or write
os-disk-full = the disk is full

## What to try after an error

hint-processes = Allow more processes at a time (`ulimit -u`), end others, or use one thread.
hint-not-found = Check the name and the folder.
hint-permission = Check the permissions, or run the command as another user.
hint-read-only = Name a folder that can be written to.
hint-disk-full = Free some space, or write to another disk.
hint-file-too-large = Allow larger files (`ulimit -f unlimited`), or write to a disk that supports them.
hint-passphrase = Give the passphrase; check upper and lower case.
hint-key = Give the identity file of a key that this archive was encrypted for.
hint-locked-key = Give the passphrase when it is asked for. Where nobody can type it, as in a scheduled run, use a key file without a passphrase.
hint-wrong-passphrase = Try again; check upper and lower case, the keyboard layout, and spaces at the beginning and the end.
hint-not-an-archive = Archives are named NAME.tar.zst.age; check that this is the file you meant, and that it was copied in binary mode.
hint-recipients = Recipients look like age1… or ssh-ed25519 ….
hint-work-factor = If you trust this file, and this computer has enough memory, allow a higher work factor.
hint-cut-short = Compare its length with that of another copy and its SHA-256 with the .sha256 file, and copy it again.
hint-history = Compare the history with a copy of it: restore it from the copy, or move it away and start a new one.
hint-refused = Use another copy of this archive. Its .sha256 file shows whether this copy has changed since it was written.
hint-misread = Open it in Excel or LibreOffice and save it again as xlsx; until then, it can be stored as a file.
hint-moved = Export again when no program writes to it.
hint-another-name = Choose another name.
hint-locked = Try again when the other run has ended.
hint-not-flushed = The disk may be failing: check that the file is there after a restart.
hint-after-publishing = The archive can be used. Export again to write the files that belong next to it.

## Lists of expected totals

totals-too-long = the list of expected totals is longer than 1 MiB, the limit
totals-encoding = the list of expected totals is in an unknown encoding; save it as CSV in UTF-8
totals-too-many-lines = the list of expected totals has more than 10,000 lines, the limit
totals-empty = the list contains no expected total; no number is filled in
totals-quotes = an opening quote has no closing quote
totals-columns = the header has a column other than table, rows, column, sum, or has one of them twice
totals-header = the header is not that of a list of expected totals
totals-cells = this line has more cells than the header
totals-table = this line names no table
totals-rows = the number of records on this line is not a whole number
totals-sum = the sum on this line is not a decimal number
totals-ambiguous = the sum on this line may be { $whole } or { $fraction }; write one of these
totals-half = this line has a column without a sum, or a sum without a column
hint-totals = The header is table,rows or table,rows,column,sum. Numbers are decimals, such as 1234.50 or "1,234.50".

## Schemas

schema-too-long = the schema is longer than 16 MiB
schema-not-utf8 = the schema is not UTF-8
schema-form = the schema is not a Frictionless data package (line { $line }, column { $column })
schema-empty = the schema contains nothing to check
schema-twice = the schema contains table { $table } twice
schema-reference = a reference of table { $table } to table { $target } has { $columns } columns, but its target has { $target_columns }
hint-schema-form = It needs "resources"; each needs a "name" and an inline "schema".
hint-schema = Fix the data package; nothing was checked yet.

## Profiles

profile-too-long = the profile is longer than 1 MiB
profile-not-utf8 = the profile is not UTF-8
profile-toml = the profile is not TOML: { $why }
profile-version = the profile has version { $found }, but this program reads version { $known }
profile-key = the profile has an unknown key { $key }; the most similar known keys are { $near }
profile-missing = the key { $key } is missing
profile-type = the value of { $key } is not { $wanted ->
    [boolean] true or false
    [number] a whole number of at least 0
    [positive] a whole number of at least 1
    [share] a number from 0 to 1
    [character] a single character in quotes
    [list] a list
    [table] a table
   *[text] a text in quotes
}
profile-word-empty = the list { $key } has an empty text
profile-list-empty = the list { $key } has no items
profile-choice = the value { $value } is not one of: { $known }
profile-either = exactly one of the keys { $first } and { $second } must be given
profile-prefix = the prefix { $prefix } does not have the length { $length }
profile-through-none = no rule for attachments has the table { $table }, which this rule names with through
profile-through-loop = this rule for attachments leads in a loop through table { $table }, and never to a file
profile-pattern-empty = an empty pattern never matches
profile-pattern-long = the pattern is longer than { $most } bytes
profile-pattern-brace = the pattern { $pattern } has a brace without its counterpart
profile-pattern-placeholder = the pattern { $pattern } has the unknown placeholder { $name }; the most similar known ones are { $near }
profile-pattern-twice = the pattern { $pattern } has the same placeholder twice, or two * in a row
profile-pattern-slash = the pattern { $pattern } never matches a path: it ends with / or contains //
profile-pattern-dots = the pattern { $pattern } never matches a path: it has a component . or ..
profile-pattern-needs = the pattern { $pattern } must contain the placeholder { $name } in braces
hint-profile = Correct this line of the profile. docs/profiles.md describes all keys.

## Labels and headings

title-export = Report of an export
title-verify = Report of a verification
title-restore-test = Report of a restore-test
title-restore = Report on an archive
title-inspect = { title-restore }
page-contents = Contents of this page
page-footer = This page is for reading and printing; use the JSON report in programs. It contains record numbers and the compared totals, but no other cell contents and no secret keys. It loads no other files and runs no scripts.
verdict = Verdict
verdict-error = no verdict (error)
all-archives = All archives
error-reason = Reason:{" "}
error-hint = What to try:{" "}
error-nothing-known = This run does not show whether the archive can be restored. This page is not a proof.
rows-not-shown = { $count ->
    [one] … 1 more is not shown here; the JSON report has all of them
   *[other] … { $count } more are not shown here; the JSON report has all of them
}

identity = Archive
archive = Archive
created = Created
content-id = Content id
content-id-means = SHA-256 of the contents; compare it with the content id in your records
expected-id = Expected content id
expected-id-found = checked: equal
expected-id-differs = checked: different
expected-id-not-checked = not checked
archive-id = Archive id
opened-by = Opened with
took = Took
run = How it was run
command = Command
checked-when = Checked
tool = Checked with
platform = Checked on
operator = Run by
reviewer = Reviewed by
ticket = Ticket
thresholds = Thresholds
threshold = Threshold
limit-age = age of the archive
limit-restore-time = restore time
at-most = At most
measured = Measured
met = Met
not-known = not known
written = Written
leftovers-removed = Removed: files that killed runs left behind

checked = Checked
count = Count
check = Check
checked-nothing = No check finished.
skipped-checks = Skipped checks
all-checks-ran = All requested checks ran.
may-have-stopped = A check failed, and may have stopped at the failure. The part of the archive after it was then not checked.
not-covered = Not covered by this report

findings = Findings
findings-none = None: the checks found nothing wrong.
findings-wrong = Failures
findings-notes = Notes
notes-from-export = Notes from the export: { $count } (see inspect)
expected = expected
actual = actual

table = Table
tables = Tables
name = Name
records = Records
columns = Columns
size = Size
sha256 = SHA-256
table-digest-means = The SHA-256 is that of the table's CSV text: its header line once, then every record.
table-folder = Folder:{" "}
as-manifest-says = This list is from the archive's own manifest. It was not fully checked against the contents.
none = None.
files = Files
path = Path
role = Role
role-attachment = attachment
role-original = original
role-unread = not a table
role-schema = schema
sources = Sources
read-as = Read as
recovery = Recovery byte for byte
recovery-recipe = rebuilt from its table; the export has proven that this works
recovery-kept = stored as a file, in addition to its tables
recovery-within = within another stored file
recovery-lost = not possible
ledger = Ledger: not stored, or stored in another form
ledger-entries = { $count ->
    [one] Ledger: 1 entry not stored, or stored in another form
   *[other] Ledger: { $count } entries not stored, or stored in another form
}
ledger-means = What the sources contained and the archive does not contain, or contains in another form.
ledger-empty = Nothing: the archive contains everything from the sources, in the same form.
ledger-where = Where
ledger-what = What
ledger-times = Times

keys = Keys
key = Key
references = References
reference = Reference
relations-mean = Checked in the restored database. Repeated or missing keys, and references without a record, were already in the source: the content id proves that the backup changed nothing.
basis = Basis
basis-declared = declared
basis-given = given
basis-inferred = inferred
repeated = Repeated
missing = Missing
refers-to = Refers to
orphans = Orphans
found = Found
ids = Ids
nulls = Null
not-in-archive = (not in the archive)

totals = Expected totals
totals-mean = The values that the CRM displays, compared with the restored database.
totals-mean-export = The values that the CRM displays, compared with the sources of the export.
total-of = Total of
crm-figure = CRM
restored-figure = Restored
exported-figure = Export
agrees = Agrees
not-numbers = Not numbers
against = Compared with the current source
scratch-database = Scratch database
database-server = { $product } { $version } at { $address }
difference = Difference
yes = yes
no = no

by-hand = How to repeat this by hand
by-hand-means = The archive uses only published standards. These commands need age, zstd, tar and sha256sum, and not the program that made this report. Run them in the folder that the archive is in; key.txt is the key file.
by-hand-sum = Check that the encrypted file is the one that was written (with the .sha256 file that was written next to it):
by-hand-open = Decrypt and unpack it into a new folder (with a passphrase, omit -i key.txt):
by-hand-bag = Check every unpacked file:
by-hand-ids = The first digest must be the content id above, the second the archive id:
by-hand-table = Compute the digest of a table. Run this in the folder of the table below data/tables. If the folder is not named after the table, the list of tables above shows its name, and so does "path" in data/datapackage.json:
by-hand-restore-test = With this program, a restore-test:
by-hand-again = With this program, the same checks again, in the same folder (the history, the people, the ticket and the output files of that run are omitted: give your own):

restored = Restored and checked: { $what }.
archives-tally = { $count ->
    [one] 1 archive: { $tally }
   *[other] { $count } archives: { $tally }
}

history = History
last-line = Last line
history-holds = Contains
history-in-order = { $count ->
    [0] The history has no lines.
    [one] The only line of the history is valid.
   *[other] All { $count } lines of the history are valid.
}
history-broken = The history is broken at line { $line }. Only the lines before it are shown.
restore-tests = Restore-tests
when = When (UTC)
restored-in = Restore
history-bars = The time of each restore. Hollow bars were not proven. The tallest bar is { $time }.
history-proven-tests = Proven restore-tests
history-longest = Longest time without a proven test
history-until-now = Since the last proven test
history-gap = { $days }, from { $from } to { $to }
history-gap-open = { $days }, since { $from }
history-never-proven = no restore-test was proven yet
history-times = shortest { $least }, median { $median }, last { $last }
history-keys = Keys that opened archives
times = Times
first = First (UTC)
last = Last (UTC)
count-test = { $count ->
    [one] 1 restore-test
   *[other] { $count } restore-tests
}
count-proven = { $count } of them proven
count-earlier-test = { $count ->
    [one] 1 earlier restore-test is not shown here; the history has it
   *[other] { $count } earlier restore-tests are not shown here; the history has all of them
}
count-skipped = { $count ->
    [one] 1 requested check was skipped
   *[other] { $count } requested checks were skipped
}
count-data-note = { $count ->
    [one] 1 note on the data
   *[other] { $count } notes on the data
}
count-other-note = { $count ->
    [one] 1 note on the archive
   *[other] { $count } notes on the archive
}
count-table-concerned = { $count ->
    [one] 1 table has findings
   *[other] { $count } tables have findings
}

## Things that are counted, continued

count-table = { $count ->
    [one] 1 table
   *[other] { $count } tables
}
count-key = { $count ->
    [one] 1 key
   *[other] { $count } keys
}
count-reference = { $count ->
    [one] 1 reference
   *[other] { $count } references
}
count-file = { $count ->
    [one] 1 file
   *[other] { $count } files
}
count-member = { $count ->
    [one] 1 member
   *[other] { $count } members
}
count-problem = { $count ->
    [one] 1 failure
   *[other] { $count } failures
}
count-archive = { $count ->
    [one] 1 archive
   *[other] { $count } archives
}
count-line = { $count ->
    [one] 1 line
   *[other] { $count } lines
}
count-export = { $count ->
    [one] 1 export
   *[other] { $count } exports
}
count-day = { $count ->
    [one] 1 day
   *[other] { $count } days
}
count-source-file = { $count ->
    [one] 1 source file
   *[other] { $count } source files
}

## What a verdict means

verdict-proven = proven
verdict-intact = intact
verdict-unverified = unverified
verdict-failed = failed
no-records = no records
meaning-unreadable = A part of the archive cannot be read, including its manifest. What can still be read is in the folder unproven, without a proof. SALVAGE.txt next to this folder explains how to use it.
meaning-cut-short = The end of the archive is missing, including its manifest. What can still be read is in the folder unproven, without a proof. SALVAGE.txt next to this folder explains how to use it.
meaning-damaged = The archive is damaged. The intact parts were restored. The findings, and SALVAGE.txt in the folder, list what is missing.
meaning-another = The archive does not have the expected content id. Nothing was restored.
meaning-nothing-restored = A check of the archive failed. Nothing was restored.
meaning-failed = A check failed; see the findings.
meaning-unverified = No failure was found, but not all checks ran.
meaning-intact = The encrypted file is unchanged since it was written. Its contents were not checked.
meaning-restored = Loaded into a database and read back: every cell and file is identical to the export.
meaning-exported = Read back from the disk: every byte, digest and count is as it was written.
meaning-proven = Every byte, digest and count is as it was written.
explained-restored = This archive was restored completely into a temporary database. The content of the database was compared with the export, and was identical. The key that was used opens the archive.
explained-exported = The archive was written, read back from the disk as a whole, opened and checked before it got its name. It was not yet restored into a database: a restore-test does that. Run it with the stored copy of the key.
explained-proven = The archive was opened and read completely, and agrees with every checksum and count that was taken when it was written. It was not restored into a database: a restore-test does that.
explained-intact = The file is identical to the one for which its .sha256 file was created. It was not decrypted, because no key was used. So this does not show what it contains, or whether anybody can open it.
explained-unverified = This is neither a success nor a failure, and not a proof: some of the requested checks did not run. They are listed below with the reasons.
explained-another = This is not the expected archive: its contents are different. Use the archive with the expected content id.
explained-sound = The archive itself was checked and is as it was written. Other requirements are not met; the failures below list them. Clarify them before you rely on the archive.
explained-failed = Do not rely on this archive before the failures below are explained. Keep the source if it still exists, and look for another copy of the archive.
source-equal = The current source is equal to the archive.
source-equal-in-part = The compared parts of the current source are equal to the archive.
no-verdict-export = The export could not be carried out, so there is no verdict.
no-verdict-restore-test = The test could not be carried out, so there is no verdict.
no-verdict-verify = The check could not be carried out, so there is no verdict.
no-verdict-restore = { no-verdict-verify }
no-verdict-inspect = { no-verdict-verify }
not-covered-content = The contents: the archive was not opened.
not-covered-database = Whether it can be loaded into a database: a restore-test checks that.
not-covered-keys = Whether somebody still has the keys that it is encrypted for: a restore-test with the stored copy of the key shows that.
not-covered-source = The current source: the archive was not compared with it.
not-covered-crm = Whether the CRM exported all of its data: compare the numbers of records with those in the CRM.
not-covered-author = Who created the archive: everyone with the public key can create one. Compare the content id with your own records.
source-differs = { $places ->
    [one] The current source differs from the archive in 1 place.
   *[other] The current source differs from the archive in { $places } places.
}

## Findings: what a code says in general

finding-source = a note on the source data
finding-misread = a reader returned other cells than the file contains, so the file was stored as a file, not as a table

## Findings that have more detail than their code

detail-guessed-encoding = the encoding { $encoding } was guessed and may be wrong{ $others ->
    [none] {""}
   *[other] ; { $others } would also be valid, with different text
}
detail-unclear-encoding = the encoding { $encoding } is not clear, as another one is almost as likely ({ $others }); export again with the encoding set
detail-guessed-delimiter = the delimiter is taken to be { $delimiter }, but another would also divide the lines of the file; if that is wrong, set the delimiter
detail-guessed-header = line { $row } is taken for the header; it, or lines above it, may be a title or comments; if that is wrong, set the line of the header
detail-missing-header = the first record looks like the others, or is all of the file, so the file may have no header; its cells became the names of the columns
detail-second-table = a second table may begin within the file, below an empty line or a mark; its header and its records are stored as records of one table
detail-padded-lines = { $count ->
    [one] 1 record has
   *[other] { $count } records have
} text in one cell only, like a title or a line below a table
detail-blank-records = { $count ->
    [one] 1 record has
   *[other] { $count } records have
} empty cells, or dashes, only
detail-quoted-lines = whole lines of the file are quoted; the text within the quotes was read as records
detail-spaced-quotes = cells begin with spaces and a quote, so the quote is text, and delimiters behind it divide cells; if these cells are quoted, remove the spaces in a copy of the file
detail-escaped-quotes = quotes in cells follow a backslash, which was read as the escape character
detail-repeated-header = { $count ->
    [one] 1 record repeats
   *[other] { $count } records repeat
} the header
detail-totals-record = the last record looks like totals, or like another line below the table; it is stored as a record
detail-end-mark = the file ends with the end mark of DOS (^Z)
detail-cut-line-end = the file ends between CR and LF, so it may be truncated
detail-damaged-log = { $count ->
    [one] a frame
   *[other] { $count } frames
} at the end of the write-ahead log of the database, or all of the log, is damaged or cut short and was not read, as SQLite does not read it; changes in it may be missing
detail-secret-key = the file contains a secret key, and everyone who can open the archive can read it; move it elsewhere and export again
detail-opaque = the file looks like data, and is not read as a table: only its bytes are stored
detail-unlisted-parts = { $count ->
    [one] 1 data part is not in the list of the package; its records are in the table
   *[other] { $count } data parts are not in the list of the package; their records are in the table
}
detail-long-numbers = { $count ->
    [one] 1 cell holds
   *[other] { $count } cells hold
} whole numbers that are too large for a workbook to store exactly; their last digits may have been lost before the export
detail-shortened-numbers = { $count ->
    [one] 1 cell holds
   *[other] { $count } cells hold
} text that looks like long numbers that a spreadsheet shortened (as in 1.23E+17); their digits were lost before the export
detail-lost-characters = { $count ->
    [one] 1 cell holds
   *[other] { $count } cells hold
} text with characters that could not be read (U+FFFD); they were lost before the export, or are not Unicode
comma-of-names = {", "}

## Punctuation and combinations
and-more = and { $count } more
tally = { $count } { $verdict }
ledger-places = { $first }, … { $last } ({ $all } in all)

## How a table differs from the current sources

difference-columns = records not compared, because the columns have changed: { $changes }
difference-column-order = records not compared, because the columns are in a different order
difference-gone = no longer in the source
difference-new = in the source, but not in the archive
difference-order = the same records in a different order
difference-equal = equal
difference-no-key = { $changes } (without a key, changed records cannot be identified)
change-added = added
change-removed = removed
change-changed = changed
change-kinds = of another kind
change = { $unit ->
    [columns] { $count ->
        [one] 1 column { $what }
       *[other] { $count } columns { $what }
    }
   *[records] { $count ->
        [one] 1 record { $what }
       *[other] { $count } records { $what }
    }
}
# Chinese repeats the unit.
change-more = { $unit ->
   *[any] { $count } { $what }
}

## How a source is read

source-encoding-mark = { $encoding } with a byte order mark
source-dates = dates from { $year }
source-dump = SQL dump
source-snapshot = as of { $moment }
source-written-by = written by { $version }
delimiter-comma = comma
delimiter-semicolon = semicolon
delimiter-tab = tab
delimiter-bar = bar
delimiter-other = delimiter { $delimiter }
header-none = no header
header-line = header on line { $row }
header-row = header on row { $row }
header-no-table = no table

## What is wrong with an archive, a key, a record

not-found-table = table { $name }
not-found-file = file { $name }
hint-not-found-table = It holds: { $names }.
ambiguous-table = single table { $name } (several tables have this name, or are in this file)
ambiguous-table-of = single table { $name } (several tables have this name, or are in this file: { $names })
hint-ambiguous-table = Name one of: { $names }.
hint-not-found-file = List what the archive holds.
archive-tar = the tar is malformed: { $why }
tar-needless-pax = an unnecessary pax header
tar-needless-path = an unnecessary pax path
tar-needless-size = an unnecessary pax size
tar-other-path = a member whose pax header has another path than its name
tar-two-sizes = a member with two different sizes
tar-no-end = it ends before its end marker
tar-after-end = bytes after the end
tar-single-zero = a single zero block
tar-stray-pax = a pax header that belongs to no member
tar-two-pax = two pax headers in a row
tar-long-pax = a pax header that is too long
tar-path-encoding = a path that is not UTF-8
tar-twice = a member that occurs twice
tar-padding = padding that is not zero
tar-long-path = a path that is too long
tar-path-byte = a path with a forbidden byte
tar-path-form = a path that is absolute, or contains an empty name, . or ..
tar-no-ustar = not a ustar header
tar-checksum = a header whose checksum is wrong
tar-kind = a member that is not a regular file
tar-link = a regular file with a link name
tar-octal = a size that is not an octal number
tar-split-path = a path that is split over two fields
tar-name-end = a name with something after its end
tar-header-padding = a header with padding that is not zero
tar-pax-record = a malformed pax record
tar-pax-key = a pax record that the format does not allow
archive-too-large = the archive is larger than the format allows: 8 TiB
archive-seek-table = the seek table at the end of the archive { $why }
seek-table-missing = is missing
seek-table-kind = has a form that the format does not allow
seek-table-claims = claims too many frames
seek-table-begin = does not begin at the offset that follows from its number of frames
seek-table-large-frame = contains a frame that is larger than the format allows
seek-table-short-frame = contains a frame that is too short
seek-table-cover = does not cover all the frames
archive-frame = compressed frame { $number } { $why }
frame-length = does not have the length in the seek table
frame-checksum = cannot be decompressed, or its checksum is wrong
frame-skippable = has no plaintext and is not a skippable frame
frame-kind = is not a zstd frame with a checksum
frame-dictionary = uses a dictionary
frame-window = has a window that is larger than the format allows
archive-recipients = { $count } recipients do not fit into an archive's header, which has at most { $kib } KiB: it has room for about 660 keys age1…, 590 of ssh-ed25519, or 90 of ssh-rsa with 4096 bits; encrypt the archive for fewer recipients, such as a key that several people share
archive-header = the age header was changed after it was written
archive-header-damaged = the age header is damaged, or was not made by age
archive-header-long = the age header does not end within its first { $kib } KiB: it is damaged, or malicious
archive-cut-short = the archive is truncated: it ends before its last encrypted chunk
archive-chunk = encrypted chunk { $chunk } does not authenticate: its bytes were changed
archive-end = the archive is truncated, has additional bytes at its end, or its end was changed: its last encrypted chunk does not authenticate
not-archive = it is not an age file
not-archive-empty = the file is empty
not-archive-zstd = it is a zstd file that is not encrypted
not-archive-zip = it is a ZIP file or an Excel workbook
not-archive-gzip = it is a gzip file
not-archive-sqlite = it is a SQLite database
not-archive-damaged = its first line is damaged, or it was not made by age (version 1); compare it with its .sha256 file, or with another copy
not-archive-text-mode = its line ends were changed: it was copied as text
not-archive-armor = it is an age file in text armor; decrypt it with `age --decrypt`, and encrypt it without armor
key-secret-as-recipient = a secret key was given as a recipient; a recipient is the public key, age1…
key-recipient-plugin = “{ $text }” is a key for a plugin of age, and plugins are not supported
key-recipient-length = “{ $text }” is not a recipient: it has { $count } characters, but a key has { $length }; copy the whole key again
key-recipient-mistyped = “{ $text }” is not a recipient: it is mistyped, as its checksum does not match; copy it again
key-not-public = the recipient is not a public key
key-recipient-line = line { $line } of { $name } is not a recipient
key-no-public-in-file = { $name } contains no public key: check that it is the file you meant
key-none-in-file = { $name } contains neither an age identity nor an SSH private key
key-not-alone = the key in { $name } is not alone on its line; remove everything else from the line, such as quotes
key-identity-line = line { $line } of { $name } is not an age identity
key-an-identity = an age identity
key-a-recipient = a recipient
key-wrapped = line { $line } of { $name } is not { $what }: the key is broken into several lines; put it on one line
key-length = line { $line } of { $name } is not { $what }: it has { $count } characters, but a key has { $length }; copy the whole key again
key-mistyped = line { $line } of { $name } is not { $what }: it is mistyped, as its checksum does not match; copy it again
key-plugin = line { $line } of { $name } is a key for a plugin of age, and plugins are not supported
key-public-as-identity = { $name } contains a public key, which only encrypts; the secret key opens archives
key-bom = { $name } begins with a byte order mark (BOM); save it as UTF-8 without one
key-utf16 = { $name } is UTF-16 text; save it as UTF-8
key-armored = { $name } is an encrypted identity in text armor, which cannot be read; decrypt it with `age --decrypt` and encrypt it again without armor
key-archive = { $name } is encrypted for keys, so it is not an identity file; it may be an archive
key-needs-passphrase = { $name } is encrypted with a passphrase, and none was given
key-passphrase = the passphrase does not open { $name }
key-damaged = { $name } is damaged
key-no-recipient = no recipient was given
key-passphrase-alone = a passphrase must be the only recipient
key-not-together = the recipients cannot be used together
key-kind = the archive cannot be opened with this kind of key
key-ssh-recipient = an SSH public key cannot be used as a recipient
key-ssh-identity = { $name } is not an SSH private key that can be used
key-no-ssh = SSH keys cannot be used: this program was built without them
archive-contents = contents.jsonl does not match the manifest
archive-within-member = the data before bag-info.txt ends within a member
archive-no-bag-info = the archive does not end with bag-info.txt, so this program did not create it
archive-manifest = the manifest { $why }
archive-manifest-version = the manifest has format version { $format }
archive-version = the archive has format version { $format }; this program reads only version { $known }
manifest-digest = does not have the digest in manifest-sha256.txt
manifest-levels = nests 128 levels deep or deeper
manifest-objects = has more objects than the format allows
manifest-values = has more values than the format allows
manifest-json = cannot be read: { $detail }, at line { $line }, column { $column }
manifest-large = is larger than the format allows
manifest-elsewhere = is not at the offset in bag-info.txt
manifest-member-twice = contains a member twice
manifest-member = contradicts manifest-sha256.txt about { $member }
manifest-table-twice = contains a table twice
manifest-file-twice = contains a file twice
manifest-folder = contains file { $file } in a wrong folder
manifest-unnamed = does not contain { $member }
manifest-source-twice = contains a source twice
manifest-source = contains a recovery method for source { $source } that is not possible
manifest-within = refers to a ZIP file of { $file } that the archive does not contain
manifest-of-table = has for table { $table } { $why }
manifest-type = a type that the format does not allow
manifest-hash = a hash that is not a SHA-256 digest
manifest-label = a label that was not derived from the label in the source
manifest-parts = parts that the format does not allow
manifest-form = a form that the format does not allow
manifest-counts = counts that contradict each other
archive-bag = the tag file { $why }
bag-tag-files = does not list exactly the tag files of an archive
bag-digest = { $member } does not have the expected digest
bag-oxum-differs = has a Payload-Oxum that does not match the payload
bag-utf8 = is not UTF-8
bag-no-label = has a line without a label
bag-label-twice = contains { $label } twice
bag-label-missing = does not contain { $label }
bag-number = has a { $label } that is not a number
bag-oxum = has a Payload-Oxum that does not have the form BYTES.FILES
bag-line = has a line that is not a digest, two spaces and a path
bag-line-feed = does not end with a line feed
bag-member-twice = lists a member twice
table-no-columns = a table must have at least one column
table-columns = the table has { $columns } columns; the most is { $most }
archive-not-canonical = the text is not canonical: { $why }
archive-part-rows = the part does not have the expected number of records
archive-part-changed = the part was changed
archive-table-digest = the table does not have the expected digest
archive-table-length = the table does not have the expected length
archive-table-rows = the table does not have the expected number of records
archive-table-counts = the kinds of cells in column { $column } are not the expected ones
archive-file-changed = file { $file } was changed
archive-other-member = the manifest has another member at this offset
archive-member = the member { $why }
member-unnamed = is not in a manifest
member-elsewhere = does not have the offset or the length in the manifest
member-earlier-part = comes before an earlier part of its table
member-too-early = comes before members that must precede it
archive-member-changed = the member was changed
archive-members-missing = { $count } of the members that the manifests name are missing
archive-contents-rebuilt = the content id computed from the tables and files is not the expected one
part-not-whole = part { $part } of { $parts } is damaged: { $why }
part-not-whole-records = part { $part } of { $parts } (records { $first } to { $last }) is damaged: { $why }
file-not-whole = file { $file } is damaged: { $why }
archive-disk = the disk cannot be read: { $why }
archive-time = the time of the export cannot be represented
archive-same-table = a table with this name exists already
archive-same-file = a file { $file } exists already
archive-unfinished = an earlier error has left this archive unfinished
archive-open-table = this table was not finished
archive-no-table = a record was added without an open table
text-unfinished = the part ends within a record
text-cells = the record has more or fewer cells than the table has columns
text-stray = a byte is not allowed here in the canonical form
text-needless-quotes = a cell has quotes that the canonical form does not have
text-missing-quotes = a cell lacks the quotes of the canonical form
text-token = a token is not a canonical number, blob or raw text
text-utf8 = text is not UTF-8
text-too-long = a cell is longer than 1 GiB
text-header = the header line is not that of the table
record-cells = a record has { $cells ->
    [one] 1 cell
   *[other] { $cells } cells
}, but the table has { $columns ->
    [one] 1 column
   *[other] { $columns } columns
}
record-cell-bytes = a cell takes { $bytes } bytes; the most is { $most }
record-not-utf8 = a text column was given text that is not UTF-8
record-not-text = a text column was given a cell that is not text
record-no-column = the table has no column { $column }
record-serde = { $why }
record-nested = a record is flat: a cell cannot hold a sequence, a map or a struct
record-not-one = a record is a struct, a map, a tuple or a sequence
record-map-key = the keys of a map are the labels of columns
record-integer = an integer does not fit into 64 bits with a sign; pass it as text
record-variant = an enum variant must be stored as text
record-digest = a SHA-256 digest is 64 lower-case hexadecimal digits

## Sources in general, files, folders

size-bytes = { $bytes } bytes
size-mib = { $mib } MiB
source-nothing = there is nothing to back up
source-nothing-hint = Name the CSV files, workbooks, databases or ZIP files, or a folder that holds them.
source-special = { $path } is a device, pipe or socket, which cannot be a source
source-special-hint = Save it as a file first. CSV can also be read from standard input.
source-too-deep = folders are nested more than { $most } levels deep
source-too-deep-hint = Name the inner folder as a separate source.
source-not-a-file = { $path } is not a file
source-not-a-file-hint = Name a file; a folder is named as a separate source.
source-link = { $path } is a symbolic link in a folder, and is not followed
source-link-hint = Replace it by the file, or name it as a separate source.
source-secret-key = { $name } contains a secret key, and everyone who can open the archive can read it; move it elsewhere
source-encrypted = the file is itself encrypted, perhaps an earlier archive; it is stored unchanged
source-renamed = another source is called { $name }; this one is called { $unique }
source-renamed-table = another table is called { $name }; this one is called { $unique }
source-renamed-file = another file is called { $name }; this one is called { $unique }
source-undescribed = { $source } returned tables without a description: the archive does not record what they were read from
source-no-table = a record was added without an open table
source-long-labels = the labels of the columns take { $bytes } bytes; the most is { $most }
source-many-columns = with this table, the manifest would contain more tables and columns than the format allows
source-other-counts = the source counted { $expected } in a column, but returned { $received }
source-other-counts-hint = This is an internal error, or the source is damaged; store it as a file.
source-pushed = its records came from a program

## Content that is not what a name promises

source-misnamed = the content is not CSV: { $format }
source-misnamed-hint = If it is a web page (often the login page), export from the CRM again. Otherwise unpack it, or give it the ending of its format.
source-opaque = the file looks like data ({ $format }), and is not read as a table: only its bytes are stored
format-named = { $name }
format-web-page = a web page
format-no-database = a database that is encrypted, damaged or of an unknown kind
format-sqlite-log = a log of a SQLite database that is not beside it
format-office = an office document
format-workbook = a workbook
format-by-name = by the ending of its name
format-unknown = an unknown binary format
format-zeros = nothing but NUL bytes
format-postgres-custom = pg_dump's custom format; pg_restore -f crm.sql makes SQL of it, which is read
format-divided = text that is divided like a table, but not regularly

## CSV files

csv-delimiter = a delimiter must be one ASCII character (not a quote or a line end), or one of ， ； ｜ 、 +| || :: ¦
csv-delimiter-hint = Try a comma, a semicolon, a tab or a bar.
csv-stream-was-read = the stream was read already and cannot be read again
csv-stream-hint = Save it as a file and export that.
csv-stream-ragged = a stream is read once, so the length of its longest record is not known
csv-stream-ragged-hint = Save it as a file to have its records padded.
csv-stream-lost = the stream cannot be rebuilt byte for byte: { $why }
csv-kept-whole = the file cannot be rebuilt from its table ({ $why }), so it is stored as a file too
csv-recipe-none = its quotes, line ends or bytes do not follow a single rule
csv-recipe-state = in its encoding, the bytes of a line depend on the lines before it
csv-recipe-short-header = a header that is shorter than its records
csv-recipe-blank-lines = blank lines
csv-recipe-ragged = records of different lengths
csv-unmappable = a character cannot be written in the source's encoding
csv-guessed-encoding = { $source } is read as { $encoding }, { $doubt }; if that is wrong, set the encoding
csv-guess-others = { $why }; { $others } would also be valid, with different text
csv-guess-nul = because of the positions of its NUL bytes
csv-guess-utf8 = because it is valid UTF-8, which other texts almost never are
csv-guess-chinese = because it is valid in this encoding and looks like Chinese
csv-guess-letters = because its letters are most likely in this encoding
csv-guess-western = because its letters are most likely in this encoding; iso-8859-1 would give the same text
csv-undecodable = the bytes here cannot be decoded as { $encoding }
csv-undecodable-hint = If the file has another encoding, set it. Otherwise fix the bytes in a copy of the file, or store it as a file.
csv-no-encoding = the encoding cannot be detected
csv-no-encoding-hint = Set the encoding, such as gb18030, big5 or shift_jis.
csv-other-mark = the file begins with the byte order mark of { $mark }, but the encoding is set to { $encoding }
csv-other-mark-hint = Do not set the encoding of this file, or store it as a file.
csv-unknown-encoding = { $encoding } is not a known encoding
csv-unknown-encoding-hint = Try utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252, utf-16le or utf-32le.
csv-no-header = the file contains neither a header nor a record
csv-long-preamble = the lines above the header are longer than 64 KiB
csv-header-line-hint = Check the number of the header's line, or store it as a file.
csv-open-quotes = an opening quote here has no closing quote
csv-after-quotes = text follows a closing quote
csv-too-many-cells = a record has more than the { $most } cells that a table may have
csv-record-too-long = a record is longer than { $most }, the limit; perhaps a quote in it is not closed
csv-fix-record-hint = Fix that record in a copy of the file, or store it as a file.
csv-ragged = a record has { $cells ->
    [one] 1 cell
   *[other] { $cells } cells
}, but the header has { $width }
csv-ragged-hint = If the header is further down, set its line. Otherwise fix the record in a copy of the file, pad the records, or store it as a file.
csv-mostly-padding = the longest record has { $widest } cells; padding all { $records } records to this length would create a table that consists almost only of nulls

## CSV files: encodings, delimiters and layouts that are not certain

csv-unclear-encoding = { $source } is read as { $encoding }, but this is not certain: { $others } would be almost as likely, with different text; set the encoding
csv-guess-folder = because the other files of its folder are in this encoding
csv-guess-escapes = because of its escape sequences
csv-escapes = the file contains escape sequences of { $encoding }, which cannot be read
csv-escapes-hint = Convert a copy of the file to UTF-8. If the sequences are text, set the encoding to utf-8.
csv-likely-encoding = the encoding cannot be detected; { $encodings } would be likely
csv-likely-encoding-hint = Set the encoding. These are likely: { $encodings }.
csv-recipe-code-page = a code page of DOS
csv-recipe-delimiter = a delimiter or record end of several bytes
csv-recipe-footer = lines below the records
csv-escape-option = the escape character must be one ASCII character, but not a quote, a line end or the delimiter
csv-escape-option-hint = Try a backslash.
csv-escape-hint = If quotes within cells have a backslash before them, set the backslash as the escape character. Otherwise fix that record in a copy of the file, or store it as a file.
csv-title-above = the header was detected in line { $row }; the lines above it are a title or comments. If that is wrong, set the line of the header
csv-possible-title = the first line may be a title or a comment; if the header is below it, set the line of the header
csv-one-column = the table has one column, but { $delimiter } divides its lines; if that is the delimiter, set it
csv-other-delimiter = the delimiter { $delimiter } would also divide all records into the same number of cells; if it is the right one, set it
csv-quoted-lines = whole lines are quoted; the text within the quotes was read as records
csv-spaced-quotes = cells begin with spaces and a quote, so the quote is text, and delimiters behind it divide cells; if these cells are quoted, remove the spaces in a copy of the file
csv-escaped-quotes = quotes in cells follow a backslash, which was read as the escape character
csv-repeated-header = { $count ->
    [one] 1 record repeats
   *[other] { $count } records repeat
} the header; the file may consist of several joined files
csv-totals-record = the last record looks like totals, or like another line below the table; it is stored as a record
csv-end-mark = the file ends with the end mark of DOS (^Z)
csv-cut-line-end = the file ends between CR and LF; it may be truncated
csv-stream-lines-above = the stream cannot be rebuilt byte for byte ({ $why }), so the lines above its header would be lost
csv-stream-lines-below = this line is below the records, and the lines of a stream that are not records would be lost
detail-rows-below-table = { $count ->
    [one] 1 line below the records is
   *[other] { $count } lines below the records are
} not in the table, but only in the stored file

## CSV: records that may be none

csv-missing-header = the first record looks like the others, so the file may have no header; its cells became the names of the columns. If there is none, set the line of the header to 0
csv-second-table = a second table may begin in line { $lines }: labels stand in columns of numbers or dates, below an empty line, or a mark shows that another file was appended. They are stored as records of one table. If it is another table, divide a copy of the file
csv-padded-lines = { $count ->
    [one] record { $records } has
   *[other] records { $records } have
} text in one cell only, like a title or a line below a table; { $count ->
    [one] it is stored as a record
   *[other] they are stored as records
}
csv-blank-records = { $count ->
    [one] record { $records } has empty cells only; it is stored as a record
   *[other] { $count } records have empty cells only ({ $records }); they are stored as records
}
csv-ruler-records = { $count ->
    [one] record { $records } consists of dashes, like a line below a header; it is stored as a record
   *[other] { $count } records consist of dashes, like lines below a header ({ $records }); they are stored as records
}
csv-message-line = the file is one line without records, and the line may be a message of an error and no header; it became the name of the column
csv-mixed-encodings = { $source } is read as { $encoding }, but line { $line } contains text in UTF-8, which is wrong when it is read so; fix it in a copy of the file, or set the encoding if the text is right
csv-beginning-encoding = { $source } is read as { $encoding }, by its beginning only, because it is a stream; set the encoding

## ZIP files

zip-no-directory = the file is not a ZIP file, is truncated, or is one of several volumes
zip-damaged-directory = the ZIP file is damaged: its directory cannot be read
zip-members-differ = the ZIP file contains more or fewer members than it declares
zip-member-damaged = a member of the ZIP file cannot be unpacked
zip-member-checksum = the checksum of a member of the ZIP file is wrong
zip-member-longer = a member of the ZIP file is longer than it declares
zip-member-shorter = a member of the ZIP file is shorter than it declares
zip-member-memory = a member of the ZIP file needs more memory to be unpacked than is allowed
zip-member-memory-hint = Unpack the ZIP file, and export the folder.
zip-damaged-hint = Copy or download the ZIP file again; until then, it can be stored as a file.
zip-refused = the ZIP file may be malicious and is not opened: { $why }
zip-refused-hint = If you trust it, unpack it and export the folder; until then, it can be stored as a file.
zip-too-deep = ZIP files are nested more than { $most } levels deep
zip-too-many-within = it holds more than { $most } ZIP files
zip-too-many-members = it has more than { $most } members
zip-too-large = its unpacked size is more than { $ratio } times its own size
zip-too-many-bytes = its unpacked size is more than { $most } bytes or { $ratio } times its own size
zip-overlap = two of its members overlap, or one overlaps its directory
zip-name-nul = a member has a NUL in its name
zip-name-root = a member has an absolute path
zip-name-out = the path of a member leads out of the ZIP file with ..
zip-name-none = a member has no name
zip-member-password = is protected with a password
zip-member-method = is compressed with an unknown method
zip-closed = the member { $why }
zip-closed-hint = Unpack the ZIP file with the program that created it, and export the result.
zip-closed-member = the member { $why }: it is stored only within its ZIP file
zip-empty-folder = an empty folder is stored only within the ZIP file
zip-guessed-names = names of members that are not UTF-8 and have no declared encoding are read as { $encoding }
zip-undecodable-names = names of members that are not valid in { $encoding } are read as code page 437
zip-unknown-names = { $encoding } is not a known encoding of names
zip-unknown-names-hint = Try gbk, big5, shift_jis, euc-kr, koi8-r, cp437, cp850, cp866 or utf-8.
zip-renamed-member = another member is called { $name }; this one is called { $unique }

## Workbooks

count-cells = { $count ->
    [one] 1 cell
   *[other] { $count } cells
}
cells-elsewhere = { $count ->
    [one] 1 cell, in another place
   *[other] { $count } cells, in other places
}
workbook-other-cells = the sheet contains { $held ->
    [one] 1 cell
   *[other] { $held } cells
} with a value, but the workbook reader returned { $given ->
    [one] 1 cell
   *[other] { $given } cells
}
workbook-cells-elsewhere = the sheet contains { $held ->
    [one] 1 cell
   *[other] { $held } cells
} with a value, but the workbook reader returned other ones
workbook-other-values = the sheet contains { $held ->
    [one] 1 cell
   *[other] { $held } cells
} with a value, but the workbook reader returned other values
cells-of-other-values = { $count ->
    [one] 1 cell, with another value
   *[other] { $count } cells, some of them with other values
}
workbook-other-sheets = the workbook contains { $held } sheets, but its reader returned { $given }
workbook-damaged = the workbook is damaged or of an unknown kind ({ $why })
workbook-protected = the workbook is protected with a password
workbook-reader-failed = the workbook reader failed on this file
workbook-too-large = the workbook unpacks to more than { $most } bytes, the limit
workbook-sheets-of-one-name = two sheets are named { $name }
workbook-many-sheets = the workbook has more than { $most } sheets
workbook-far-cells = the cells of a sheet are { $rows } rows and { $columns } columns apart
workbook-repeated-cells = the cells of a sheet are repeated too often, or are too far apart
workbook-long-labels = the labels in the header row are longer than { $most }
workbook-long-row = with cell { $cell }, the row is longer than { $most }, the limit
workbook-two-values = the file has two values for cell { $cell }
workbook-nul = cell { $cell } holds NUL characters in its text; the reader is known to misread some old files in this way
workbook-unclear-cell = cell { $cell } has an ambiguous form
workbook-no-code-page = the file is an Excel 5/95 workbook without a declared text encoding
workbook-unknown-code-page = the texts of this Excel 5/95 workbook are in code page { $page }, which is not known
workbook-too-old = the file is an Excel { $version } workbook, which is older than 1995
no-workbook = the file is not a workbook
no-workbook-empty = the file is not a workbook: it is empty
no-workbook-html = the file is not a workbook: it is a web page (HTML) under a workbook's name
no-workbook-mhtml = the file is not a workbook: it is a web page in one file (MHTML) under a workbook's name
no-workbook-xml = the file is not a workbook: it is XML of another kind under a workbook's name
no-workbook-xml-2003 = the file is not a workbook: it is an XML spreadsheet of 2003 under a workbook's name
no-workbook-sylk = the file is not a workbook: it is a SYLK file under a workbook's name
no-workbook-text = the file is not a workbook: it is text, such as CSV, under a workbook's name
no-workbook-zip = the file is a ZIP file that does not contain a workbook
no-workbook-office = the file is an Office document, but not a workbook
damage-ends-early = a part of it ends too early
damage-no-beginning = it does not begin as a workbook or sheet does
damage-short-record = one of its records is too short
damage-large-record = one of its parts is larger than a workbook can have
damage-sectors = its sectors have an unknown length, or are beyond its end
damage-circle = its chain of sectors is circular
damage-workbook-within = it contains another workbook that could be mistaken for it
damage-sheets-overlap = its sheets overlap, or one is beyond its end
damage-sheet-without-part = a sheet has no part
damage-sheets-of-one-part = two sheets have the same part
damage-no-part = it has no part { $name }
damage-claimed-texts = it declares more shared texts than it can contain
damage-table-of-texts = its table of texts is too short, or in too many pieces
damage-nesting = its elements nest too deeply
damage-number = its { $name } is not a number
damage-place = a cell is outside the maximum size of a sheet
damage-long-text = a text is longer than a cell can hold
damage-unknown-error = a cell has an unknown error
hint-workbook-save-again = Open it in Excel or LibreOffice and save it again; until then, it can be stored as a file.
hint-workbook-save-as-xlsx = Open it in Excel or LibreOffice and save it as xlsx; until then, it can be stored as a file.
hint-workbook-protected = Open it with its password and save it without one; until then, it can be stored as a file.
hint-workbook-stray-cells = Delete the stray cells at the far end of the sheet; until then, the workbook can be stored as a file.
hint-workbook-rename-sheet = Rename one of them; until then, the workbook can be stored as a file.
hint-workbook-split = Split it into several; until then, it can be stored as a file.
hint-workbook-header-row = Give the row that the header is in; until then, the workbook can be stored as a file.
hint-workbook-shorten = Shorten the texts in that row; until then, the workbook can be stored as a file.
hint-export-again = Export the file again from the program that created it.
hint-rename-to-csv = Rename it so that it ends with .csv; until then, it can be stored as a file.
hint-unpack = Unpack it, or export the workbook again; until then, it can be stored as a file.
worker-failed = the worker process cannot read it: { $error }
worker-out-of-memory = the process that reads it was aborted, probably because it needs more memory than its limit of { $most } MiB
worker-ended = the process that reads it ended too early ({ $status })
worker-not-understood = the process that reads it sent invalid data
worker-no-files = the file { $path } cannot be sent by a worker process
record-no-open-table = there is no open table for the record
hint-worker-memory = Allow it more memory, or open it in Excel or LibreOffice and save it again; until then, it can be stored as a file.
hint-worker-replaced = Check that the program was not replaced while it ran; until then, it can be stored as a file.
hint-store-as-file = It can be stored as a file.

## SQLite databases, and the scratch database

# They follow "the database cannot".
scratch-open = be opened
scratch-no-file = create its temporary file
scratch-prepare = be prepared
scratch-create-table = create a table
scratch-insert = insert a record
scratch-add-file = store the name of a file
scratch-finish = commit the loaded data
scratch-list-tables = list its tables
scratch-list-files = list its files
scratch-read = return its records
scratch-find-table = find a table
scratch-create-database = be created
scratch-drop = be dropped
# Why not.
scratch-not-created = it was not created
scratch-still-loading = it is still being loaded
scratch-cells = the record does not have a cell for each column
scratch-digest = a digest is malformed
scratch-not-empty = it is new and not empty
scratch-server-answer = the server returned something else than expected
scratch-already-loaded = it is already loaded
scratch-packet = a record takes { $bytes } in a statement, and the server accepts { $most }; its setting max_allowed_packet must be larger
scratch-remains = { $database } remains on the server and has to be dropped by hand ({ $why })
scratch-wide = it has more values in a record than the server returns at once, { $most }
restored-remains = { $remains }; before that: { $error }
restored-table-name = table { $table } is called { $name } in the database
restored-column-names = { $count ->
    [one] 1 column has another name in table { $table } of the database
   *[other] { $count } columns have other names in table { $table } of the database
}
restored-nan = { $count ->
    [one] 1 cell with NaN is stored as NULL, because SQLite has no NaN
   *[other] { $count } cells with NaN are stored as NULL, because SQLite has no NaN
}
database-damaged = the database is damaged: { $detail }
database-unreadable = SQLite cannot read the database: { $error }
database-definitions = SQLite cannot read the definitions in the database: { $error }
database-large-record = a record, or what SQLite needs to compute it, is larger than { $most }, the limit
database-long-definitions = the definitions are longer than { $most }, the limit
database-text-bytes = SQLite counted { $counted } bytes of text in a column, but returned { $given }
database-odd-utf16 = UTF-16 text has an odd number of bytes
database-journal = the journal of the database is damaged: it declares more pages than it contains
database-not-checked = SQLite cannot check the whole file: { $error }
database-table-not-checked = SQLite cannot check table { $table }: { $error }
database-broken-rule = SQLite's integrity check reports a violated constraint or a damaged index, but the rows can be read: { $detail }; REINDEX repairs an index
no-database = the file is not a SQLite database, or is encrypted
no-database-short = the file is too short to be a SQLite database
virtual-table-of-module = a virtual table of the module { $module } is stored only in the database file and, if it has any, in the tables that it uses
virtual-table-of-missing-module = a virtual table of the module { $module }, which is missing here, is stored only in the database file and, if it has any, in the tables that it uses
hint-database-damaged = Restore it from a copy, or save what is left with sqlite3's .recover; until then, it can be stored as a file.
hint-database-other-program = Export it with the program that wrote it, for example as CSV; until then, it can be stored as a file.
hint-database-large-record = Drop generated columns and indexes that compute so much; until then, it can be stored as a file.
hint-database-check = Check the database with sqlite3's integrity_check; until then, it can be stored as a file.
hint-database-journal = Move the journal away if the database is intact without it; until then, it can be stored as a file.

## Exports of SQL Server (.bacpac)

hint-bacpac-package = Export the database again with SqlPackage or the Azure portal; until then, the file can be stored as a file.
hint-bacpac-table = The original file is in the archive. Export this table in another way too, for example as CSV.
bacpac-xml = { $file } cannot be read: { $detail }
bacpac-unexpected = its definitions are not as SQL Server's tools write them: { $what }
bacpac-large-model = its definitions are larger than any known database
bacpac-table-twice = it defines table { $table } twice
bacpac-member-twice = it contains { $name } twice
bacpac-no-member = it does not contain { $name }
bacpac-closed-member = { $name } cannot be unpacked: { $why }
bacpac-no-checksum = Origin.xml has no checksum of model.xml
bacpac-other-model = model.xml was changed after the export: its checksum in Origin.xml is another one
bacpac-without-data = the package contains definitions only, and no records (a .dacpac); they are stored with the file
bacpac-no-list = the list of the data parts (_rels/.rels) is missing, so it is not known whether parts are missing
bacpac-total = the export states { $stated } records, and its tables hold { $held }
bacpac-missing-parts = { $count ->
    [one] the data part { $first } is missing, so records are missing
   *[other] { $count } data parts are missing, so records are missing; the first is { $first }
}
bacpac-unlisted-parts = { $count ->
    [one] 1 data part is not in the list of the package; its records are in the table
   *[other] { $count } data parts are not in the list of the package; their records are in the table
}
bacpac-contradictory-list = the list of the data parts assigns a part of it to another table
bacpac-unknown-table = the definitions have no such table, but the package has data for it
bacpac-unknown-type = the type { $name } is not known
bacpac-unknown-column = it has a column of a kind that is not known: { $kind }
bacpac-column-twice = two columns have the same name
bacpac-number-of-columns = it has { $count } columns, which an archive cannot hold
bacpac-encoded = column { $column }: its values of type { $kind } are stored as SQL Server's bytes
bacpac-part-ends = the data ends within a record
bacpac-wrong-length = a value has a length that its type does not have: { $bytes } bytes
bacpac-wrong-value = a value is not one of its type
bacpac-odd-text = a text has an odd number of bytes
bacpac-large-record = a record is longer than { $most }, the limit
hint-no-database = If the program that wrote it can save an unencrypted copy, export that; until then, it can be stored as a file.

## Checks against the source, totals, keys and references

joined-by-semicolon = { $one }; { $next }
total-no-table = a total was expected for table { $table }, which does not exist
total-no-column = a sum was expected for column "{ $column }", which does not exist
total-no-tables = the archive has no tables
total-tables = the archive has { $names }
total-columns = it has { $names }
names-and-others = { $count ->
    [0] { $names }
    [one] { $names } and 1 other
   *[other] { $names } and { $count } others
}
total-rows = the number of records in the table is not the expected one
total-sum = the sum of column "{ $column }" is not the expected one
total-no-numbers = column "{ $column }": { $count ->
    [one] 1 cell is not a plain decimal number, and not in its sum
   *[other] { $count } cells are not plain decimal numbers, and not in its sum
}

against-table = compared with the current source: { $difference }
against-left-out = { $count ->
    [0] the definitions of the tables are not compared, because the export left out tables
    [one] 1 table is not compared, because the export left it out; neither are the definitions
   *[other] { $count } tables are not compared, because the export left them out; neither are the definitions
}
against-file-gone = the source no longer has the file
against-file-new = the source has the file, but the archive does not
against-file-changed = the file has changed in the source

restored-no-table = the restored database does not contain this table
restored-rows = the number of records in the restored table is not the expected one
restored-digest = the records of the restored table are not the expected ones
restored-counts = the kinds of cells in column { $column } of the restored table are not the expected ones
restored-content-id = the content id computed from the restored database is not the expected one
key-declared = the declared key ({ $columns })
key-given = the given key ({ $columns })
key-inferred = the inferred key ({ $columns })
key-repeated = { $key } is repeated: in { $count } of { $all } records, first in record { $first }
key-missing = { $key } is missing (null, empty, or a text that stands for null) in { $count } of { $all } records
one-or-other = { $one } or { $other }
reference-not-exported = column { $columns } refers to { $targets }, which is not in the archive
reference-no-key = column { $columns } refers to { $targets }, which has no such key, so its values were not looked up
reference-no-table = no table of this export holds what column { $columns } names: { $count } ids
reference-none = of { $all } ids in column { $columns }, none names a record of { $targets }
part-other-header = { $part } has another header than { $first }, so they are not joined; columns of only one of them: { $columns }
reference-orphans = { $count } of { $all } values in column { $columns } refer to no record of { $targets }; first records: { $records }

## Restore

file-differs = the restored file is not identical to the original
file-not-rebuilt = the file cannot be rebuilt: { $error }
record-before-table = a record precedes its table
table-incomplete = the file holds { $count } of the { $all } records of the table; the others are missing
restored-under-another-name = it is restored under another name, { $name }
members-left-out = incomplete members that were not restored: { $count }
count-bytes = { $count ->
    [one] 1 byte
   *[other] { $count } bytes
}
kept-unchecked = { $kept }, not covered by a checksum
kept-partly-unchecked = { $kept }; no checksum covers the last { $count }
member-to-its-end = the member is complete: { $kept }
member-beginning = only the beginning of the member is left: { $kept }
chunks-unreadable = { $count ->
    [one] 1 encrypted chunk of 64 KiB cannot be read
   *[other] { $count } encrypted chunks of 64 KiB cannot be read
}
salvage-database = the intact parts of a damaged archive can be restored only into a folder, not into a database
hint-salvage-database = Restore into a new folder; its tables are CSV files.
restored-without-files = a database contains no files; restore into a folder to get the files too
restored-joined = { $count ->
    [one] the parts of a table are
   *[other] the parts of { $count } tables are
} restored as one table: { $names }
restored-plain = the tables of SQLite databases ({ $sources }) are restored as plain tables, without types, keys, indexes, views and triggers; restore the original files to get the databases themselves
restored-unreadable = the restored database cannot be read: { $why }
restored-more-tables = the restored database has this table, but the archive does not
joined-names = { $one }, { $next }
joined = { $one }, { $next }
count-triggers = { $count ->
    [one] 1 trigger
   *[other] { $count } triggers
}
count-views = { $count ->
    [one] 1 view
   *[other] { $count } views
}
count-virtual-tables = { $count ->
    [one] 1 virtual table
   *[other] { $count } virtual tables
}
restored-objects = this database contains { $objects }, as its source did. SQLite executes them when the database is used, and they were not checked. Open it with PRAGMA trusted_schema=OFF, and read sqlite_schema before you change anything

## Export, history, metrics

table-without-records = table { $table } contains no records; if the CRM has records, export them again
source-without-table = it is empty, so there is no table; if the CRM has data, export it again
history-too-long = the history { $path } is longer than { $limit } MiB, the limit
history-line = line { $line } of the history { $path } { $why }
history-line-too-long = is longer than the limit for a line
history-line-torn = is incomplete: it has no line end
history-line-not-first = is not the first line that was written: lines before it are missing
history-line-out-of-order = does not follow from the line before it: lines were removed, inserted or moved
history-line-foreign = is not a line of a history
history-line-changed = was changed after it was written
history-line-version = has version { $version }; this program reads version { $known } only
history-line-limit = a line of the history would have { $bytes } bytes; the limit is { $limit }
history-command = the history does not record the command { $command }
hint-history-command = A history records exports and restore-tests.
history-later-export = the history contains a later export with this archive name
history-other-archive = the history contains another archive with this name
history-other-name = the history contains this archive with the name { $name }
shrunk-no-table = the table was in the last export, at { $when }, and is not in this one
shrunk-table = the table has less than { $percent } % of the records that it had in the last export, at { $when }
shrunk-column = column "{ $column }" has many more empty cells than in the last export, at { $when }
shrunk-files = the export has less than { $percent } % of the files that the last one had, at { $when }
history-without-tables = the export has too many tables to record them in the history, so the next export cannot be compared with it
history-unknown-archive = the history contains no export of this archive
metrics-foreign = the file is not a metrics file of this program
hint-metrics-foreign = Name another file, or remove this one if nothing needs it.
metrics-too-long = the metrics file { $path } is longer than { $limit } MiB, the limit; it is not changed
restore-too-slow = the restore took longer than its limit
archive-from-the-future = the archive is dated in the future, or the clock of this computer is wrong
archive-too-old = the archive is older than its limit
not-a-regular-file = it is not a regular file
hint-regular-file = Name a regular file.
not-replaced-source = it is a source, is in a source folder, or is another file of this run
not-replaced-foreign = it is not a file that an export writes
not-replaced-no-archive = it is not an archive
not-replaced-keys = it may be an encrypted identity file, which is never replaced
sidecar-differs = the .sha256 file next to the archive does not match it
other-content-id = the archive does not have the expected content id
not-an-archive-folder = it is a folder
not-an-archive-pipe = it is a pipe or a device, but archives are read from the end; save it as a file
sealed-bytes-differ = the encrypted bytes do not match the .sha256 file
read-back-differs = the bytes on the disk are not those that were written
archive-replaced = the archive was replaced after it was tested
no-folder-sync = the entries of the folder { $folder } cannot be flushed to the disk; if the power fails in the next minute, check that the new files are there
no-locks = files in the folder { $folder } cannot be locked; do not let two runs write to the same name there at the same time
no-exclusive-rename = the file system of { $folder } cannot rename without replacing; this run checked just before that no file with this name existed
pattern-without-match = the pattern { $pattern } matches nothing

## Completeness

ids-rounded = { $count ->
    [one] a cell of column { $column } is a number
   *[other] { $count } cells of column { $column } are numbers
} with an exponent, such as 1.23E+17, which a spreadsheet program rounded before the export, first in record { $first }; export the table again from the CRM
ids-perhaps-rounded = { $count ->
    [one] a cell of column { $column } is a number
   *[other] { $count } cells of column { $column } are numbers
} with an exponent, such as 1.23E+17, first in record { $first }; if the column holds ids, a spreadsheet program rounded them before the export
ids-with-tab = { $count ->
    [one] a cell of column { $column } ends
   *[other] { $count } cells of column { $column } end
} with a TAB, which exporters add to long numbers; first in record { $first }
cell-at-limit = { $count ->
    [one] a cell of column { $column } holds
   *[other] { $count } cells of column { $column } hold
} exactly { $limit } ids, the most that this CRM exports in a cell, so ids may be missing; first in record { $first }
embedded-undecodable = { $count ->
    [one] a cell of column { $column } should contain a file in base64 and is empty or cannot be decoded
   *[other] { $count } cells of column { $column } should contain a file in base64 and are empty or cannot be decoded
}; first in record { $first }
records-not-live = { $count ->
    [one] a record is
   *[other] { $count } records are
} deleted or not in use in the CRM, as column { $column } says; first record { $first }
links-die = { $count ->
    [one] a cell of column { $column } contains a link that opens
   *[other] { $count } cells of column { $column } contain links that open
} only as long as the account exists; first in record { $first }
undecided-links = the files behind the links in column { $column } of { $table } are not in the export; download them before the account is closed
numbers-missing = { $count ->
    [one] a file is
   *[other] { $count } files are
} missing: { $names }; the names count, as in { $first }
table-at-limit = the table has exactly { $count } records, where tools cut a file, and there is no next file: records may be missing
part-not-full = { $part } has { $count ->
    [one] 1 record
   *[other] { $count } records
} and is not the last part of its table, but the CRM begins the next file only after { $limit }: records are missing
record-describes-columns = record 1 describes the columns and is no record of the CRM
title-as-header = the header has one label only, and may be a title: the labels may be in the next row
header-repeated = { $count ->
    [one] record { $first } repeats
   *[other] { $count } records, the first of which is record { $first }, repeat
} the header and { $count ->
    [one] is no record
   *[other] are no records
} of the CRM
totals-at-end = record { $record }, the last one, holds totals and is no record of the CRM
same-tables = tables with the same records: { $names }; one file was probably exported twice
gap-no-records = the export has no records
gap-missing-records = records are missing in the source
attachments-missing = of { $all } files that column { $columns } names, { $count ->
    [one] 1 is
   *[other] { $count } are
} missing, expected as { $pattern }; first records: { $records }
undecided-profile-none = no profile of a CRM was used, so it is not known which tables and files this CRM exports
undecided-no-profile = no profile fits this export, so it is not known which tables and files this CRM exports
undecided-references = the references between tables were not looked up
undecided-not-read = { $count ->
    [one] a file or table was
   *[other] { $count } files or tables were
} not read, and may contain records
undecided-late = the CRM was recognised after some tables had been read from a stream, so rules of its profile were not applied to these; save the stream as a file
undecided-other-crm = nothing in this export looks like { $title }, whose profile was given
undecided-other-profiles = some files look like the export of another CRM, whose rules were not applied; move each export into a folder of its own
undecided-unknown-attachments = it is not known how { $title } exports attachments, so they were not checked; download them and compare some by hand
undecided-unknown-references = these tables of { $title } name other records by their names, not by ids, so references were not checked
undecided-ids = { $count ->
    [one] a column is
   *[other] { $count } columns are
} named like ids of records, and no table of the export has these records
undecided-rules = the profile has rules for { $count ->
    [one] a table or column
   *[other] { $count } tables or columns
} that the export lacks; export them, or, if the CRM has no such records, expect 0 of them
undecided-files = { $count ->
    [one] no rule of the profile is about a file
   *[other] no rule of the profile is about { $count } files
}, so it is not known whether others are missing
undecided-users = no table holds the users that these columns name; many CRMs do not export them
undecided-totals = no number of records was given for { $count ->
    [one] this table
   *[other] { $count } tables
}; compare them with the CRM
required-empty = { $count ->
    [one] a record has
   *[other] { $count } records have
} no value in column { $column }, which the first record calls required; first in record { $first }
attachments-differ = { $count ->
    [one] the content of a file is not the one whose SHA-1 is its name
   *[other] the contents of { $count } files are not those whose SHA-1 are their names
}: { $names }; copy what is named from the file store of the CRM again
log-without-database = a log of SQLite is here, and its database { $database } is not beside it: the records in it cannot be read alone; copy both files at the same moment, best while no program uses them, and export again
attachments-spare = { $count } files such as { $pattern } are named by no record, so records of attachments may be missing

complete-gaps = Completeness: gaps. { $count ->
    [one] A finding shows
   *[other] { $count } findings show
} that something is missing from the export.
complete-unknown = Completeness: unknown. { $count ->
    [one] A point
   *[other] { $count } points
} could not be decided, so the export may be incomplete.
complete-complete = Completeness: complete. Every rule for this CRM holds, and every table has the number of records that was expected.
completeness = Completeness
completeness-answer = { $answer ->
    [complete] complete
    [gaps] gaps
   *[unknown] unknown
}
findings-gaps = Gaps: what is missing from the export
undecided = Not decided: whether the export is complete
profile = Profile of the CRM
profile-none = No profile was used.
profile-crm = CRM
profile-folder = {",  for the folder "}
profile-by = Basis
profile-given = chosen by the user
profile-assumes = Assumes
joined-title = Tables of several parts
joined-of = part names
joined-parts = Parts
inferred-name-and-values = inferred from name and values
inferred-name = inferred from the name alone
inferred-values = inferred from values alone

## SQL dumps

hint-dump = Make the dump again; until then, it can be stored as a file.
hint-dump-table = The dump itself is in the archive. Export this table in another way too, for example as CSV.
dump-unknown-dialect = it is not known which database this SQL is for
dump-damaged-compression = its compressed data is damaged: { $detail }
dump-unpacks-to-much = it unpacks to more than { $most } MiB, the limit; it may be malicious
dump-large-schema = its definitions are larger than any known database
dump-many-tables = it has more than { $most } tables
dump-without-records = the dump contains definitions only, and no records; they are stored with the file
dump-cut = the dump ends before its end mark, so it was cut, or the program that wrote it failed: records and tables may be missing
dump-cut-table = the dump ends within the records of this table
dump-rolled-back = the dump ends with ROLLBACK: the program that wrote it met errors, and records may be missing
dump-other-file = the dump refers to other files, which are not read
dump-large-objects = large objects are stored only in the dump
dump-undefined = it has no definition, and its INSERT statements do not name the columns
dump-undefined-types = the dump has no definition of this table: whole numbers are stored as integers, and other values as text
dump-defined-late = its definition comes after its records
dump-defined-twice = it is defined twice
dump-table-form = its definition has a form that is not known
dump-changed-columns = its columns are changed after its definition
dump-changed-records = { $statement } changes its records
dump-number-of-columns = it has { $count } columns, which an archive cannot hold
dump-column-twice = two columns have the same name
dump-unknown-column = a statement names column { $column }, which its definition does not have
dump-omitted-columns = columns that its statements do not name are stored as null
dump-few-values = a record has { $count } values instead of { $expected }
dump-many-values = a record has more than { $expected } values
dump-insert-form = its records are inserted by a statement of a form that is not known
dump-copy-form = its records are copied by a statement of a form that is not known
dump-expression = a value is an expression, which only the database can compute
dump-wrong-value = a value is not one of its type
dump-wrong-escape = a value has a backslash that PostgreSQL would not write
dump-large-record = a record is longer than { $most }, the limit
dump-unknown-charset = the character set { $charset } is not known
dump-invalid-text = a text is not valid in { $charset }
dump-mixed-records = its records are mixed with those of many other tables

## Databases on servers

server-no-connection = no connection to { $server }: { $why }
scratch-left-behind = { $count ->
    [one] an earlier test left its database on the server, and no connection to it is visible: { $names }. If no other test is running there, drop it: DROP DATABASE { $names }
   *[other] earlier tests left their databases on the server, and no connections to them are visible: { $names }. If no other test is running there, drop each of them with DROP DATABASE
}
hint-scratch-privilege = The user has to be allowed to create databases. PostgreSQL: ALTER ROLE USER CREATEDB. MySQL: GRANT ALL ON `crm\_backup\_scratch\_%`.* TO USER.
hint-server-no-connection = Check the address, and that the server accepts connections now.
hint-server-login = Check the user and the password. Give the password with --password-file FILE, for PostgreSQL in PGPASSWORD or PGPASSFILE, or for MySQL in MYSQL_PWD. A user of MySQL who has to connect with encryption needs ?sslmode=require in the address.
hint-server-access = If the server wants encrypted connections, add ?sslmode=verify-full to the address, with sslrootcert=FILE if its certificate is its own. Otherwise check the user: the server has to let it in from this machine, into this database (PostgreSQL: pg_hba.conf; MySQL: the host of the user, and GRANT).
hint-server-no-database = Check the name of the database at the end of the address.
hint-server-encryption = Check sslmode in the address: disable does not encrypt, require does not check the certificate. If the certificate is the server's own, give it as sslrootcert=FILE in the address.
hint-server-no-answer = Check the host and the port. No server of this kind answers at { $place }; it has to run, and to accept connections from this machine.
server-failed = the server ended the work: { $why }
hint-server-failed = Nothing of it is stored. Start the run again; a table that cannot be read can be left out with patterns of --table for the others.
server-value = a value is not one of its type
hint-server-value = Report this, with the type of the column. Until then, leave the table out with patterns of --table for the others.
hint-server-table = Leave this table out with patterns of --table for the others, and export it in another way.
server-no-such-table = no table is named like { $pattern }
hint-server-no-such-table = A pattern is a name such as accounts, or sales.accounts with its schema; * and ? match any characters.
server-foreign-table = its records are on another server
server-may-not-read = this user may not read it
server-row-security = row-level security hides records from this user
server-hidden-tables = this user may read single tables only, so it is not known whether the database has others
source-server = its records came from a database server
address-scheme = the address of a database begins with postgres:// or mysql://
address-database = the address names no database: it ends in /DATABASE
address-password = the address contains a password, which other users of this machine can see
hint-address-password = Leave it out, and give it with --password-file FILE, for PostgreSQL in PGPASSWORD or PGPASSFILE, or for MySQL in MYSQL_PWD.
address-sslrootcert = sslrootcert is used with sslmode=verify-full only; no other mode checks the certificate
address-sslmode = sslmode={ $value } is not known; it is disable, prefer, require or verify-full
address-parameter = a parameter of the address is not known; there are sslmode, sslrootcert and socket
address-brackets = a bracket in the address is not closed
address-port = the port in the address is not a number from 1 to 65535
address-encoding = the address contains a percent sign that is no valid encoding
hint-address = An address looks like postgres://user@host:5432/database?sslmode=verify-full or mysql://user@host:3306/database; it may have the parameters sslmode, sslrootcert and socket.
address-certificates = { $file } contains no usable certificate
hint-address-certificates = Give a file with certificates in PEM form.

# Notes on a database on a server.
kept-split = { $table } is wider than the server allows; its other columns are in tables beside it, with the record number n
kept-mixed = columns of { $table } have values of several kinds; those of each further kind are in a column beside, such as name (text)
kept-nul = texts of { $table } with a NUL character, or that are not UTF-8, cannot be stored by the server and are missing
kept-types = { $count ->
    [one] a column of { $table } has a general type instead of the one that the source declares: { $columns }
   *[other] { $count } columns of { $table } have general types instead of those that the source declares: { $columns }
}
kept-without = { $table } has no { $constraint }: { $why }
kept-without-targets = { $count ->
    [one] a reference of { $table } is left out, because its other table is not restored
   *[other] { $count } references of { $table } are left out, because their other tables are not restored
}
restored-definitions = defaults, conditions, indexes, views and what else the source defines are not made; the archive has the definitions in { $files }
hint-kept-exists = Give the name of a database that does not exist yet.
kept-exists = the database { $database } exists
kept-no-database = the address has to name a new database, and only tables are restored into it
hint-kept-no-database = Add the name of a database that does not exist, such as postgres://user@host/crm_restored; restore original files and damaged archives into a folder.
kept-other-server = a restore makes new databases of PostgreSQL and SQLite only
hint-kept-other-server = Restore into a folder and load its CSV files, or use --scratch of restore-test to prove a restore on this server.
