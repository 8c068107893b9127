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
step-totals = totals
step-keys-and-references = keys-and-references

## Checks that passed. The number stands beside the text. The JSON form has the plural.

check-sealed-bytes = { $count ->
    [one] sealed byte hashed
   *[other] sealed bytes hashed
}
check-frames = { $count ->
    [one] zstd frame unpacked and checksummed
   *[other] zstd frames unpacked and checksummed
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
check-content-id = content id rebuilt
check-expected-id = content id that was expected
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
check-restored-content-id = content id rebuilt from the database alone
check-limits = { $count ->
    [one] limit held
   *[other] limits held
}
check-history = { $count ->
    [one] line of the history, the only one
   *[other] lines of the history that follow one another
}
check-whole-parts = { $count ->
    [one] part of a table that is whole
   *[other] parts of tables that are whole
}
check-whole-files = { $count ->
    [one] file that is whole
   *[other] files that are whole
}
check-loose-members = { $count ->
    [one] member taken out to its end, without the list of them
   *[other] members taken out to their end, without the list of them
}
check-totals = { $count ->
    [one] total that is the CRM's own figure
   *[other] totals that are the CRM's own figures
}
check-keys = { $count ->
    [one] key looked at
   *[other] keys looked at
}
check-references = { $count ->
    [one] reference looked at
   *[other] references looked at
}
check-ids = { $count ->
    [one] id in references looked up
   *[other] ids in references looked up
}
check-sources = { $count ->
    [one] table or file equal in the source as it is now
   *[other] tables and files equal in the source as it is now
}

## Checks that were asked for and skipped, and why. The JSON form has the English.

skipped-read-back = the archive was not read back from disk
skipped-age = the age of the archive, which is not known
skipped-restore-time = the time that a restore takes: the archive was not restored
skipped-nothing-left = nothing could be given back of what is left: 0 tables, 0 files
skipped-unnamed-parts = nothing says which table a part is of, so those of others are there too
skipped-unproven = { $cut_short ->
    [true] what was restored is in the folder unproven (tables: { $tables }, files: { $files }): the archive's end is gone, so nothing says what else there was
   *[other] what was restored is in the folder unproven (tables: { $tables }, files: { $files }): the list of what the archive held cannot be read, so nothing says what else there was
}
skipped-unread-at-export = { $source } could not be read as a table when it was exported; its bytes are here
skipped-unread = { $carried ->
    [true] { $error }; it is in the archive byte for byte, and not as a table. { $hint }
   *[other] { $error }; an export would end here. { $hint }
}
skipped-no-checksum = there is no { $path } to compare with
skipped-bad-checksum = { $problem ->
    [not-a-file] { $path } is no regular file
    [too-long] { $path } is longer than any .sha256 file
   *[other] { $path } does not begin with a SHA-256
}
skipped-checksum = the .sha256 file beside the archive was not compared: { $error }
skipped-unreadable-now = { $source }, as it is now, cannot be read and compared: { $error }
skipped-ambiguous = { $file ->
    [true] file { $name }, as it is now: several of that name cannot be told apart; name the same sources, in the order of the export
   *[other] table { $name }, as it is now: several of that name cannot be told apart; name the same sources, in the order of the export
}
skipped-other-columns = the records of table { $table }: it has other columns now
skipped-sources = the sources as they are now: { $error }
skipped-totals = the expected totals: { $error }
skipped-as-archive-failed = the archive itself has failed
skipped-ambiguous-total = the totals of table { $table }: several tables have that name; say which, as in { $example }
skipped-relations = { $schema ->
    [true] keys and references, and what the schema says: { $error }
   *[other] keys and references: { $error }
}
skipped-keys-of-table = { $count } more keys and references of table { $table }: it has too many
skipped-schema-table = the schema's table { $table }: the archive has none
skipped-schema-columns = what the schema says of table { $table }: it has no column { $columns }
skipped-schema-words = not looked at, of what the schema says of table { $table }: { $words }
skipped-key-columns = a key of table { $table }: it has no column { $columns }
skipped-reference-columns = a reference of table { $table }: it has no column { $columns }
skipped-reference-no-table = a reference of table { $table } to table { $target }: the archive has none
skipped-reference-no-columns = a reference of table { $table } to table { $target }: it has no such columns ({ $columns })
skipped-reference-too-many-keys = a reference of table { $table } to table { $target }: it has too many keys
skipped-lost = { $source } cannot be restored byte for byte: { $why }
skipped-not-rebuilt = { $source } was not rebuilt
skipped-history = the history was not written: { $error }

## What the sources held and the archive does not hold, or holds in another form

ledger-unread = it could not be read as a table
ledger-renamed-table = another table has this name, so this one has another
ledger-renamed-file = another file has this name, so this one has another
ledger-renamed-source = another source has this name, so this one has the name of its folder before it
ledger-renamed-member = another member has this name, so this one has another
ledger-empty-folder = an empty folder is not kept
ledger-link = a symbolic link is not followed
ledger-special-file = a device, pipe or socket is not read
ledger-lock-file = a lock file that Excel or another program left is not kept
ledger-within-zip = this member is kept in its ZIP file alone
ledger-hidden-sheet = this sheet is hidden in the workbook; it is a table all the same
ledger-wal-index = the index of a SQLite log is not kept
ledger-member-names = the names of ZIP members are not UTF-8 and name no encoding; they were read in a guessed one
ledger-unlisted-bytes = bytes that belong to no member are kept in the ZIP file alone
ledger-rows-above-header = what stands above the header is kept for the file itself, and is in no table
ledger-padded-header = the header is shorter than the longest record: columns without a label are added
ledger-blank-lines = blank lines between records are not kept
ledger-padded-records = records shorter than the longest are filled with nulls
ledger-empty-file = the file is empty: there is no table in it
ledger-kept-whole = the file cannot be rebuilt from its table, so it is kept whole
ledger-original-lost = the stream cannot be rebuilt byte for byte
ledger-date-as-text = dates, times and durations are carried as ISO 8601 text, to the millisecond
ledger-unreadable-date = numbers that are formatted as dates and lie outside the calendar of the workbook are carried as numbers
ledger-boolean-as-text = booleans are carried as true and false
ledger-error-as-text = errors are carried as their text
ledger-formula-as-value = formulas are carried as the values that the workbook last computed
ledger-formula-without-value = formulas without a value in the file are carried as nulls
ledger-merged-cells = merged areas are carried as their first cell, and nulls
ledger-outer-spaces = spaces around text that the file does not ask to keep are left out, as spreadsheets show it
ledger-not-a-worksheet = what is not a worksheet, such as a chart, is kept in the workbook alone
ledger-empty-sheet = a sheet without values is kept in the workbook alone
ledger-internal-table = an internal table of SQLite is not kept as a table
ledger-virtual-table = a virtual table is kept in the database file and in the tables behind it alone
ledger-no-order = nothing gives the records of this table an order; they are read as SQLite stores them
ledger-generated-column = a generated column that this SQLite cannot compute is left out
ledger-lone-surrogate = text that is not valid UTF-16 is kept as the bytes of generalized UTF-8

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

error-detail = { $what }: { $detail }
error-at = { $place }: { $what }
error-caused = { $what }: { $cause }
error-io = cannot { $doing }
error-needs-passphrase = no key that was given opens this archive, which is sealed with a passphrase
error-no-key-fits = no key that was given opens this archive, which is sealed for other keys
error-wrong-passphrase = the passphrase does not open this archive
error-not-an-archive = this is not an archive: { $why }
error-key = a key or a passphrase cannot be used
error-work-factor = its passphrase has a work factor of { $found }, which takes { $memory } of memory; the limit is { $most }
error-source = the source cannot be read as it has to be
error-option = the value of an option cannot be used
error-moved = the source changed while it was read
error-record = the record does not fit its table
error-exists = { $path } exists already
error-locked = another run is writing { $path }; it did not end within { $seconds } seconds
error-not-replaceable = { $path } is not replaced: { $why }
error-not-flushed = { $path } is complete, but its name may not be on the disk yet
error-after-publishing = { $path } is whole, but what comes after it failed
error-limit = a limit is exceeded
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
operation-lock = lock { $path }
operation-keep = keep { $path }
operation-remove = remove { $path }
operation-replace = replace { $path }
operation-start = start { $path }
operation-start-thread = start a thread { $path }
operation-send-records = say what was read { $path }

# Instead of the system's own words, in languages that it does not speak.
os-not-found = no such file or folder
os-permission = no permission to read or write
os-disk-full = the disk is full

## What to try after an error

hint-processes = Allow more processes at a time (`ulimit -u`), end others, or use one thread.
hint-not-found = Check the name and the folder.
hint-permission = Check who may read and write there, or run as somebody who may.
hint-read-only = Name a folder that can be written to.
hint-disk-full = Free some room, or write to another disk.
hint-file-too-large = Allow larger files (`ulimit -f unlimited`), or write to a disk that takes them.
hint-passphrase = Give its passphrase; mind upper and lower case.
hint-key = Give the identity file of a key that this archive was sealed for.
hint-wrong-passphrase = Try again: mind upper and lower case, the keyboard's layout, and blanks at the ends.
hint-not-an-archive = Archives are named NAME.tar.zst.age; check that this is the file you meant, and that it was copied in binary mode.
hint-recipients = Recipients look like age1… or ssh-ed25519 ….
hint-work-factor = If you know that it is yours, and this computer has the memory, allow a higher work factor.
hint-cut-short = Compare its length with that of another copy and with its .sha256 file, and copy it anew.
hint-history = Compare the history with a copy of it: fix it from the copy, or move it aside and begin another.
hint-refused = Fetch another copy of this archive; its .sha256 file tells whether this copy changed since it was written.
hint-misread = Open it in Excel or LibreOffice and save it again as xlsx; until then it can be carried as a file.
hint-moved = Export again when nothing writes to it.
hint-another-name = Choose another name.
hint-locked = Try again when the other run has ended.
hint-not-flushed = The disk may be failing: check that the file is there after a restart.
hint-after-publishing = It can be used as it is; export again for what belongs beside it.

## Lists of expected totals

totals-too-long = a list of expected totals has at most 1 MiB
totals-not-utf8 = a list of expected totals is UTF-8, and this is not
totals-too-many-lines = a list of expected totals has at most 10,000 lines
totals-empty = there is no expected total in this list
totals-quotes = quotes are not closed here
totals-columns = the header has another column than table, rows, column, sum
totals-header = the header is not that of a list of expected totals
totals-cells = this line has more cells than the header
totals-table = this line names no table
totals-rows = the number of records on this line is no whole number
totals-sum = the sum on this line is no plain decimal number
totals-half = this line has a column without a sum, or a sum without a column
totals-nothing = this line expects nothing of its table
hint-totals = The header is table,rows or table,rows,column,sum; numbers are plain, as 1234.50.

## Schemas

schema-too-long = the schema is longer than 16 MiB
schema-not-utf8 = the schema is not UTF-8
schema-form = the schema is no Frictionless data package (line { $line }, column { $column })
schema-empty = the schema says nothing of any table
schema-twice = the schema has table { $table } twice
schema-reference = a reference of table { $table } to table { $target } has { $columns } columns here and { $target_columns } there
hint-schema-form = It needs "resources", each with a "name" and a "schema" that stands there itself.
hint-schema = Fix the data package; nothing was checked yet.

## Labels and headings

title-export = Report of an export
title-verify = Report of a verification
title-restore-test = Report of a restore-test
title-other = Report on an archive
page-contents = Contents of this page
page-footer = This page is a copy for people. It contains record numbers, but no cell contents and no keys. It loads nothing and runs nothing.
verdict = Verdict
no-verdict = no verdict (error)
all-archives = All archives
error-reason = Reason:{" "}
error-hint = What to try:{" "}
error-nothing-known = This run does not show whether the archive restores. Do not take this page for a proof.
original-message = Original message:{" "}
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
expected-id-found = checked: it is this one
expected-id-differs = checked: it is another one
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
limit-restore-time = time that the restore takes
at-most = At most
measured = Measured
met = Met
not-known = not known
written = Written
leftovers-removed = Removed: files that stopped runs had left behind

checked = Checked
count = Count
check = Check
checked-nothing = No check finished.
skipped-checks = Skipped checks
all-checks-ran = All requested checks ran.
may-have-stopped = Something is wrong, and the check may have stopped there: nothing after that point was checked then.
not-covered = Not covered by this report

findings = Findings
findings-none = None: the checks found nothing wrong.
findings-wrong = Wrong
findings-notes = Notes
notes-from-export = { $count ->
    [one] 1 note from the export (see inspect)
   *[other] { $count } notes from the export (see inspect)
}
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
as-manifest-says = This is what the archive's own manifest says. Not all of it was confirmed.
none = None.
files = Files
path = Path
role = Role
role-attachment = attachment
role-original = original
role-unparsed = unparsed
role-schema = schema
sources = Sources
read-as = Read as
recovery = Recovery byte for byte
recovery-recipe = rebuilt from its table; the export has proven that this works
recovery-kept = kept whole beside its tables
recovery-within = within another file that is kept whole
recovery-none = not possible
ledger = Ledger: left out, or kept in another form
ledger-entries = { $count ->
    [one] Ledger: 1 entry left out or kept in another form
   *[other] Ledger: { $count } entries left out or kept in another form
}
ledger-means = What the sources held and the archive does not hold, or holds in another form.
ledger-empty = Nothing: the archive holds everything that the sources held, in the same form.
ledger-where = Where
ledger-what = What
ledger-times = Times

keys = Keys
key = Key
references = References
reference = Reference
relations-mean = Checked in the restored database. Keys that are repeated or missing, and references without a record, were so in the source: the content id proves that the backup changed nothing.
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
totals-mean = The figures of the CRM's own screens, compared with the restored database.
total-of = Total of
crm-figure = CRM's figure
restored-figure = Restored
agrees = Agrees
not-numbers = Not numbers
against = Compared with the source as it is now
difference = Difference
yes = yes
no = no

by-hand = How to repeat this by hand
by-hand-means = The archive is made of published standards only. These commands need age, zstd, tar and sha256sum, and not the program that made this report. Run them in the folder that the archive is in; key.txt is the key file.
by-hand-sum = Check that the encrypted file is the one that was written (with the .sha256 file that was written beside it):
by-hand-open = Open it into a new folder (with a passphrase, leave out -i key.txt):
by-hand-bag = Check every file that came out:
by-hand-ids = The first sum has to be the content id above, the second the archive id:
by-hand-table = A table's digest, in its folder below data/tables (named after the table; where it is not, the list of tables above gives it, as does "path" in data/datapackage.json):
by-hand-restore-test = With this program, a restore-test:
by-hand-again = With this program, the same checks again, in the folder that it was run in (the history, the people, the ticket and the output files of that run are left out: give your own):

restored = Restored and checked: { $what }.
archives-tally = { $count ->
    [one] 1 archive: { $tally }
   *[other] { $count } archives: { $tally }
}

history = History
last-line = Last line
history-holds = Holds
history-in-order = { $count ->
    [0] The history has no lines.
    [one] The history's only line is in order.
   *[other] All { $count } lines of the history are in order.
}
history-broken = The history is broken at line { $line }. Only the lines before it are shown.
restore-tests = Restore-tests
when = When (UTC)
restored-in = Restore
history-bars = How long each restore took: hollow bars were not proven, and the tallest is { $time }.
history-proven-tests = Proven restore-tests
history-longest = Longest gap
history-until-now = Until now
history-gap = { $days }, from { $from } to { $to }
history-gap-open = { $days }, since { $from }
history-never-proven = no restore-test was proven yet
history-times = least { $least }, median { $median }, last { $last }
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
    [one] 1 thing is wrong
   *[other] { $count } things are wrong
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
meaning-unreadable = Something in the archive cannot be read, and with it the list of what it held: what could still be read is in the folder unproven, and nothing proves it. SALVAGE.txt beside that folder says how to use it.
meaning-cut-short = The archive's end is gone, and with it the list of what it held: what can still be read is in the folder unproven, and nothing proves it. SALVAGE.txt beside that folder says how to use it.
meaning-damaged = The archive is damaged: what is still whole was restored. The findings, and SALVAGE.txt in the folder, say what is missing.
meaning-another = The archive is not the one that was asked for; nothing was restored.
meaning-nothing-restored = The archive is not what was sealed; nothing was restored.
meaning-failed = Something is wrong; the findings say what.
meaning-unverified = Nothing wrong was seen, but not all checks ran.
meaning-intact = The encrypted file is unchanged since it was written. Its contents were not checked.
meaning-restored = Loaded into a database and read back: every cell and file is as it was sealed.
meaning-exported = Read back from the disk: every byte, digest and count is as it was sealed.
meaning-proven = Every byte, digest and count is as it was sealed.
explained-restored = This archive has been restored once, completely, into a database that was thrown away afterwards. What came out of that database was compared with what was sealed, and nothing differed. The key that was used opens it.
explained-exported = The archive was written, read back from the disk as a whole, opened and checked before it got its name. It was not yet restored into a database: a restore-test does that, with the key as it is kept.
explained-proven = The archive was opened and read completely, and agrees with every checksum and count that was taken when it was sealed. It was not restored into a database: a restore-test does that.
explained-intact = The file is, byte for byte, the one that its .sha256 file was made of. No key was used, so it was not opened: this says nothing about what is inside, or whether anybody can open it.
explained-unverified = This is neither a pass nor a failure. Do not take it for a proof: part of what was asked for could not be checked, and is listed below with the reason.
explained-another = This is not the archive that was expected: it holds something else. Look for the one with the expected content id.
explained-sound = The archive itself was looked at and is as it was sealed. What was asked of it beyond that does not hold: the problems below say what. Find out why before you rely on it.
explained-failed = Do not rely on this archive until what is listed here is explained. Keep the source if it still exists, and look for another copy of the archive.
source-equal = The source, as it is now, is equal to the archive.
source-equal-in-part = What was compared of the source, as it is now, is equal to the archive.
no-verdict-export = The export could not be carried out, so there is no verdict.
no-verdict-restore-test = The test could not be carried out, so there is no verdict.
no-verdict-check = The check could not be carried out, so there is no verdict.
not-covered-content = What is inside: the archive was not opened.
not-covered-database = Whether it can be loaded into a database: a restore-test looks at that.
not-covered-keys = Whether the keys that it is sealed for are still in somebody's hands: this needs a restore-test with the key as it is kept.
not-covered-source = The CRM as it is now: the archive was compared with itself, as it was sealed, and not with the source.
not-covered-crm = Whether the CRM gave out all that it holds: compare the numbers of records with the CRM's own.
not-covered-author = Who made the archive: whoever has the public key can make one. The content id in your own records tells.
source-differs = { $places ->
    [one] The source, as it is now, differs from the archive in 1 place.
   *[other] The source, as it is now, differs from the archive in { $places } places.
}

## Findings: what a code says in general

finding-cut-short = the file is cut short, or its end is not the one that was sealed
finding-seal = the encryption does not authenticate: sealed bytes were changed or are damaged
finding-frame = a compressed frame, or the index of frames, is not as the format demands
finding-member = a member of the archive (tar) is missing, misplaced or not as the format demands
finding-bag = a tag file of the bag is not as the format demands
finding-manifest = the manifest datapackage.json is not as the format demands
finding-version = the format version is not one that this program can read
finding-member-digest = a member is not as it was sealed
finding-canonical = the text of a table is not in its canonical form
finding-table-rows = a table has another number of records than when it was sealed, or is missing
finding-table-digest = a table (its digest or length) is not as it was sealed
finding-table-counts = a column has other kinds of cells, nulls or lengths than when it was sealed
finding-file-digest = a file is not as it was sealed
finding-contents = what is in the archive is not what its list of contents, contents.jsonl, says
finding-content-id = the content id is not the expected one: this is another archive
finding-sealed-digest = the bytes of the sealed file are not the ones of the .sha256 file
finding-against = the source, as it is now, differs from the archive
finding-age = the archive is older than it may be
finding-restore-time = the restore took longer than it may take
finding-history = the history was changed, or lines of it are missing, misplaced or incomplete
finding-source = a note on the source's own data
finding-total = a total is not the one that the CRM shows
finding-key = a key is repeated or missing, as it was in the source
finding-reference = a reference names no record, or a table that is not in the archive, as in the source
finding-file-system = the file system that was written to lacks something
finding-misread = a reader does not give what the file holds, so it was carried as a file

## Findings that say more than their code

detail-guessed-encoding = the encoding was guessed and may be another
detail-secret-key = the file holds a secret key: whoever can open the archive gets it; move it elsewhere and export again
detail-long-numbers = { $count ->
    [one] 1 cell holds
   *[other] { $count } cells hold
} whole numbers beyond what a workbook keeps exactly; their last digits may have been lost before the export
detail-shortened-numbers = { $count ->
    [one] 1 cell holds
   *[other] { $count } cells hold
} text that looks like long numbers that a spreadsheet shortened (as in 1.23E+17); their digits were lost before the export
detail-lost-characters = { $count ->
    [one] 1 cell holds
   *[other] { $count } cells hold
} text with characters that could not be read (U+FFFD); they were lost before the export, or are no Unicode
finding-sentence = { $what }
comma-of-names = {", "}

## Marks, and what is put together
and-more = and { $count } more
tally = { $count } { $verdict }
ledger-places = { $first }, … { $last } ({ $all } in all)

## How a table differs from the sources as they are now

difference-columns = records not compared, as its columns differ now: { $changes }
difference-column-order = records not compared, as its columns stand in another order now
difference-gone = the source no longer has it
difference-new = the source has it, and the archive has not
difference-order = the same records, in another order
difference-equal = equal
difference-no-key = { $changes } (no key tells which of them were changed)
change-added = added
change-removed = removed
change-changed = changed
change-kinds = of other kinds
change-of-records = { $count ->
    [one] 1 record { $what }
   *[other] { $count } records { $what }
}
change-of-columns = { $count ->
    [one] 1 column { $what }
   *[other] { $count } columns { $what }
}
change-more-records = { $count } { $what }
change-more-columns = { $count } { $what }

## How a source is read

source-encoding-mark = { $encoding } with a mark
source-dates = dates from { $year }
source-written-by = written by { $version }
delimiter-comma = comma
delimiter-semicolon = semicolon
delimiter-tab = tab
delimiter-bar = bar
delimiter-other = { $delimiter } between cells
header-none = no header
header-line = header on line { $row }
header-row = header on row { $row }
header-no-table = no table

## What is wrong with an archive, a key, a record

not-found-table = table { $name }
not-found-file = file { $name }
hint-not-found-table = It holds: { $names }.
hint-not-found-file = List what the archive holds.
archive-tar = the tar is malformed: { $why }
tar-needless-pax = a pax header that there is no need of
tar-needless-path = a pax path that there is no need of
tar-needless-size = a pax size that there is no need of
tar-other-path = a member whose pax header has another path than its name
tar-two-sizes = a member of two sizes
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
tar-path-byte = a path with a byte that paths of archives do not have
tar-path-form = a path that is absolute, or has an empty or a dotted name in it
tar-no-ustar = not a ustar header
tar-checksum = a header whose checksum is wrong
tar-kind = a member that is not a regular file
tar-link = a regular file with a link name
tar-octal = a size that is not an octal number
tar-split-path = a path that is split over two fields
tar-name-end = a name with something after its end
tar-header-padding = a header with padding that is not zero
tar-pax-record = a malformed pax record
tar-pax-key = a pax record that archives do not have
archive-too-large = the archive is larger than the format allows: 8 TiB
archive-seek-table = the seek table at the end of the archive { $why }
seek-table-missing = is missing
seek-table-kind = is of a kind that archives do not have
seek-table-claims = claims too many frames
seek-table-begin = does not begin where its number of frames says
seek-table-large-frame = names a frame that is larger than the format allows
seek-table-short-frame = names a frame that is shorter than any
seek-table-cover = does not cover all the frames
archive-frame = compressed frame { $number } { $why }
frame-length = is not as long as the seek table says
frame-checksum = does not unpack to what its checksum says
frame-skippable = has no plaintext and is not a skippable frame
frame-kind = is not a zstd frame with a checksum
frame-dictionary = names a dictionary
frame-window = has a window that is larger than the format allows
archive-recipients = { $count } recipients do not fit into an archive's header, which has at most { $kib } KiB: there is room for about 660 keys age1…, 590 of ssh-ed25519, or 90 of ssh-rsa with 4096 bits; encrypt the archive for fewer, and give those the key that opens it
archive-header = the age header was changed after it was written
archive-header-long = the age header does not end within its first { $kib } KiB: it is damaged, or forged to take memory and time
archive-cut-short = the archive is cut short: it ends before its last encrypted chunk
archive-chunk = encrypted chunk { $chunk } does not authenticate: its bytes were changed
archive-end = the archive is cut short, has bytes after its end, or its end was changed: its last encrypted chunk does not authenticate
not-archive = it does not begin as an age file does
not-archive-empty = the file is empty
not-archive-zstd = it is a zstd file that is not encrypted
not-archive-zip = it is a ZIP file or an Excel workbook
not-archive-gzip = it is a gzip file
not-archive-sqlite = it is a SQLite database
not-archive-version = it is an age file of a version that this program does not know
not-archive-armor = it is an age file in text armor; take it off with `age --decrypt` and encrypt it again
key-secret-as-recipient = a secret key was given as a recipient; a recipient is the public key, age1…
key-not-a-recipient = “{ $text }” is not a recipient
key-not-public = what is given as a recipient is no public key
key-recipient-line = line { $line } of the recipients file is not a recipient
key-no-recipients = the recipients file names no recipient
key-none-in-file = { $name } holds no age identity and no SSH private key
key-identity-line = line { $line } of { $name } is not an age identity
key-needs-passphrase = { $name } is encrypted with a passphrase, and none was given
key-passphrase = the passphrase does not open { $name }
key-damaged = { $name } is damaged
key-no-recipient = no recipient was given
key-passphrase-alone = a passphrase has to be the only recipient
key-not-together = the recipients cannot be used together
key-kind = the archive cannot be opened with this kind of key
key-ssh-recipient = an SSH public key cannot be used as a recipient
key-ssh-identity = { $name } is not an SSH private key that can be used
key-no-ssh = SSH keys cannot be used: this program was built without them
archive-contents = contents.jsonl is not what the manifest says that the archive holds
archive-within-member = what stands before bag-info.txt ends within a member
archive-no-bag-info = the archive does not end with bag-info.txt, so it is no archive of this program
archive-manifest = the manifest { $why }
archive-manifest-version = the manifest is of format version { $format }
archive-version = the archive is of format version { $format }; this program reads { $known } only
manifest-digest = is not the one that manifest-sha256.txt names
manifest-levels = nests 128 levels deep or deeper
manifest-objects = has more objects than the format allows
manifest-values = has more values than the format allows
manifest-json = cannot be read: { $detail }, at line { $line }, column { $column }
manifest-large = is larger than the format allows
manifest-elsewhere = is not where bag-info.txt says
manifest-member-twice = names a member twice
manifest-member = says of { $member } what manifest-sha256.txt does not
manifest-table-twice = names a table twice
manifest-file-twice = names a file twice
manifest-folder = has file { $file } where files do not belong
manifest-unnamed = does not name { $member }
manifest-source-twice = names a source twice
manifest-source = says of source { $source } how it comes back, and it does not
manifest-within = says of { $file } what it was in, and it is not here
manifest-of-table = says of table { $table } { $why }
manifest-type = a type that archives do not have
manifest-hash = a hash that is no SHA-256
manifest-label = a label that is not the one made from the source's
manifest-parts = parts that archives do not have
manifest-form = a form that tables of archives do not have
manifest-counts = counts that do not add up
archive-bag = the tag file { $why }
bag-tag-files = does not name exactly the tag files of an archive
bag-digest = { $member } is not as it has to be
bag-oxum-differs = has a Payload-Oxum that is not the size of the payload
bag-utf8 = is not UTF-8
bag-no-label = has a line without a label
bag-label-twice = says { $label } twice
bag-label-missing = lacks { $label }
bag-number = says a { $label } that is no number
bag-oxum = says a Payload-Oxum that is not BYTES.FILES
bag-line = has a line that is not a digest, two spaces and a path
bag-line-feed = does not end with a line feed
bag-member-twice = names a member twice
table-no-columns = a table has to have columns
table-columns = the table has { $columns } columns; the most is { $most }
archive-not-canonical = the text is not canonical: { $why }
archive-part-rows = the part has another number of records
archive-part-changed = the part was changed
archive-table-digest = the table has another digest
archive-table-length = the table has another length
archive-table-rows = the table has another number of records
archive-table-counts = other kinds of cells in column { $column }
archive-file-changed = file { $file } was changed
archive-other-member = the member is not the one that the manifest names
archive-member = the member { $why }
member-unnamed = is named by no manifest
member-elsewhere = is not where or as long as the manifest says
member-earlier-part = comes before an earlier part of its table
member-too-early = comes before other members that belong before it
archive-member-changed = the member was changed
archive-members-missing = { $count } of the members that the manifests name are missing
archive-contents-rebuilt = the contents rebuilt from the tables and files are not the ones that were archived
part-not-whole = part { $part } of { $parts } is not whole: { $why }
part-not-whole-records = part { $part } of { $parts } (records { $first } to { $last }) is not whole: { $why }
file-not-whole = file { $file } is not whole: { $why }
archive-disk = the disk cannot be read: { $why }
archive-time = the time of the export is beyond the calendar
archive-same-table = a table of this name is there already
archive-same-file = a file { $file } is there already
archive-unfinished = an earlier error has left this archive unfinished
archive-open-table = this table was not finished
archive-no-table = a record was given and no table is open
text-unfinished = the part ends within a record
text-cells = the record has another number of cells than the table has columns
text-stray = a byte stands where the canonical form allows none
text-needless-quotes = a cell is quoted where the canonical form does not
text-missing-quotes = a cell is not quoted where the canonical form does
text-token = a token is not a number, blob or raw text in canonical form
text-utf8 = text is not UTF-8
text-too-long = a cell is longer than 1 GiB
text-header = the header line is not this table's
record-cells = a record has { $cells } cells and the table { $columns } columns
record-cell-bytes = a cell takes { $bytes } bytes; the most is { $most }
record-not-utf8 = a text column was given text that is not UTF-8
record-not-text = a text column was given a cell that is not text
record-no-column = the table has no column { $column }
record-serde = { $why }
record-nested = a record is flat: a cell cannot hold a sequence, a map or a struct
record-not-one = a record is a struct, a map, a tuple or a sequence
record-map-key = the keys of a map are the labels of columns
record-integer = a whole number is beyond 64 bits with a sign; give it as text
record-variant = a variant is written as text
record-digest = a SHA-256 digest is 64 lower-case hexadecimal digits

## Sources in general, files, folders

size-bytes = { $bytes } bytes
size-mib = { $mib } MiB
source-nothing = there is nothing to back up here
source-nothing-hint = Name the CSV files, workbooks, databases or ZIP files, or a folder that holds them.
source-special = { $path } is a device, pipe or socket, and none is read
source-special-hint = Save it as a file first; a CSV may also come on standard input.
source-not-unicode = the name of { $path } is not Unicode
source-rename-hint = Rename the file; an archive holds names as Unicode.
source-too-deep = folders are nested more than { $most } levels deep
source-too-deep-hint = Name the inner folder as a source of its own.
source-not-a-file = { $path } is not a file
source-not-a-file-hint = Name a file; a folder is given as a source of its own.
source-link = { $path } is a symbolic link, and none is followed in a folder
source-link-hint = Put the file itself there, or name it as a source of its own.
source-secret-key = { $name } holds a secret key: whoever can open the archive will have it; move it elsewhere
source-encrypted = { $name } is encrypted itself, an earlier archive perhaps: it is carried as it is
source-renamed = another source is called { $name }; this one is called { $unique }
source-renamed-table = another table is called { $name }; this one is called { $unique }
source-renamed-file = another file is called { $name }; this one is called { $unique }
source-undescribed = { $source } gave tables and no description of itself: the archive does not record what they were read from
source-no-table = a record was given and no table is open
source-long-labels = the labels of the columns take { $bytes } bytes; the most is { $most }
source-many-columns = with this table there would be more tables and columns than an archive's manifest has room for
source-other-counts = the source counts { $expected } in a column and gave { $received }
source-other-counts-hint = This is an internal error, or the source is damaged; carry it as a file.
source-pushed = its records were given by a program

## CSV files

csv-delimiter = a delimiter is one ASCII character, and neither a quote nor a line end
csv-delimiter-hint = Try a comma, a semicolon, a tab or a bar.
csv-stream-was-read = the stream was read already and cannot be read again
csv-stream-hint = Save it as a file and export that.
csv-stream-ragged = a stream is read once, so the length of its longest record is not known
csv-stream-ragged-hint = Save it as a file to have its records padded.
csv-stream-lost = the stream cannot be rebuilt byte for byte: { $why }
csv-kept-whole = the file cannot be rebuilt from its table ({ $why }), so it is kept whole
csv-recipe-none = its quotes, line ends or bytes do not follow one rule
csv-recipe-state = its encoding does not write a line the same wherever it stands
csv-recipe-short-header = a header that is shorter than its records
csv-recipe-blank-lines = blank lines
csv-recipe-ragged = records of different lengths
csv-unmappable = a character cannot be written in the source's encoding
csv-guessed-encoding = { $source } is read as { $encoding }, { $doubt }; if that is wrong, set the encoding
csv-guess-others = { $why }; { $others } would fit as well, and give another text
csv-guess-same = { $why }; { $same } would give the same
csv-guess-both = { $why }; { $others } would fit as well, and give another text; { $same } would give the same
csv-guess-nul = as its NUL bytes stand where that has them
csv-guess-utf8 = as it is valid UTF-8, which other text hardly ever is
csv-guess-chinese = as it is valid in that and looks like Chinese
csv-guess-letters = the likeliest by its letters
csv-but-for-some-bytes = the text is { $encoding } but for some bytes, of which this is the first
csv-utf8 = UTF-8
csv-gb18030 = GB18030, or of the like,
csv-big5 = Big5
csv-undecodable = the bytes here do not decode as { $encoding }
csv-undecodable-hint = If the file is in another encoding, set that; otherwise fix the bytes in a copy of the file, or carry the file as it is.
csv-no-encoding = the encoding of the text cannot be told from its bytes
csv-no-encoding-hint = Set the encoding, such as gb18030, big5 or shift_jis.
csv-other-mark = it begins with the byte order mark of { $mark }, and the encoding is set to { $encoding }
csv-other-mark-hint = Do not set the encoding of this file, or carry it as it is.
csv-unknown-encoding = { $encoding } is not a known encoding
csv-unknown-encoding-hint = Try utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252, utf-16le or utf-32le.
csv-no-header = there is no header and no record in this file
csv-long-preamble = the lines above the header are longer than 64 KiB
csv-header-line-hint = Check the number of the header's line, or carry the file as it is.
csv-open-quotes = quotes open here and do not close
csv-after-quotes = text follows a closing quote
csv-too-many-cells = a record has more than the { $most } cells that a table may have
csv-record-too-long = a record is longer than { $most }, the most that may be read of one; perhaps quotes open in it and do not close
csv-fix-record-hint = Fix that record in a copy of the file, or carry the file as it is.
csv-ragged = a record has { $cells } cells and the header { $width }
csv-ragged-hint = If the header stands further down, set its line; otherwise fix that record in a copy of the file, have records padded, or carry the file as it is.
csv-mostly-padding = the longest record has { $widest } cells, and to pad all { $records } records to that would make a table of hardly anything but nulls

## ZIP files

zip-no-directory = the file is no ZIP file, is cut short, or is one of several volumes
zip-damaged-directory = the ZIP file is damaged: its directory cannot be read
zip-members-differ = the ZIP file holds another number of members than it declares
zip-member-damaged = a member of the ZIP file cannot be unpacked
zip-member-checksum = a member of the ZIP file does not have its checksum
zip-member-longer = a member of the ZIP file is longer than it declares
zip-member-shorter = a member of the ZIP file is shorter than it declares
zip-damaged-hint = Copy or download the ZIP file again; until then it can be carried as a file.
zip-refused = the ZIP file is not opened, as it may be made to do harm: { $why }
zip-refused-hint = If you trust it, unpack it and export the folder; until then it can be carried as a file.
zip-too-deep = more than { $most } lie in one another
zip-too-many-within = it holds more than { $most } ZIP files
zip-too-many-members = it has more than { $most } members
zip-too-large = it unpacks to more than { $ratio } times its size
zip-too-many-bytes = it unpacks to more than { $most } bytes or { $ratio } times its size
zip-overlap = two of its members overlap, or one overlaps its directory
zip-name-nul = a member has a NUL in its name
zip-name-root = a member has a name that begins at the root of a disk
zip-name-out = a member has a name that leads out of the ZIP file, with ..
zip-name-none = a member has no name
zip-member-password = is protected with a password
zip-member-method = is compressed with an unknown method
zip-closed = the member { $why }
zip-closed-hint = Unpack the ZIP file with the program that made it, and export what comes out.
zip-closed-member = the member { $why }: it is kept in the ZIP file alone
zip-empty-folder = an empty folder is kept in the ZIP file alone
zip-guessed-names = names of members that are not UTF-8 and declare no encoding are read as { $encoding }
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
workbook-other-cells = the sheet holds { $held ->
    [one] 1 cell
   *[other] { $held } cells
} with a value, and the workbook reader gave { $given ->
    [one] 1 cell
   *[other] { $given } cells
}
workbook-cells-elsewhere = the sheet holds { $held ->
    [one] 1 cell
   *[other] { $held } cells
} with a value, and the workbook reader gave other ones
workbook-other-sheets = the workbook holds { $held } sheets, and its reader gave { $given }
workbook-damaged = the workbook is damaged or of an unknown kind ({ $why })
workbook-protected = the workbook is protected with a password
workbook-reader-failed = the workbook reader failed on this file
workbook-too-large = the workbook unpacks to more than { $most } bytes, which is more than may be read of one
workbook-sheets-of-one-name = two sheets are named { $name }
workbook-many-sheets = the workbook has more than { $most } sheets
workbook-far-cells = the cells of a sheet lie { $rows } rows and { $columns } columns apart
workbook-repeated-cells = the cells of a sheet are repeated, or lie apart, further than can be read
workbook-long-labels = the labels in the header row are longer than { $most }
workbook-long-row = with cell { $cell } the row is longer than { $most }, the most that may be read of one
workbook-two-values = the file has two values for cell { $cell }
workbook-nul = cell { $cell } holds NUL characters in its text; the reader is known to misread some old files in this way
workbook-unclear-cell = cell { $cell } is written in a way that cannot be read for certain
workbook-unclear-styles = the workbook's styles are written in a way in which dates cannot be told from numbers for certain
workbook-shapes-in-text = a cell with text holds shapes that have text as well, which cannot be told apart
workbook-encoding-mark = a cell's text begins with what the reader of workbooks takes for the mark of another encoding
workbook-split-character = a character of a cell's text is split over two records, which the reader of workbooks does not put together
workbook-continued-text = a cell's text goes on in a second record, which the reader of workbooks does not follow
workbook-no-code-page = the file is an Excel 5/95 workbook that does not say how its text is encoded
workbook-too-old = the file is an Excel { $version } workbook, from before 1995
no-workbook = the file is no workbook: it does not begin as one
no-workbook-empty = the file is no workbook: it is empty
no-workbook-html = the file is no workbook: it is a web page (HTML) under a workbook's name
no-workbook-mhtml = the file is no workbook: it is a web page in one file (MHTML) under a workbook's name
no-workbook-xml = the file is no workbook: it is XML of another kind under a workbook's name
no-workbook-xml-2003 = the file is no workbook: it is an XML spreadsheet of 2003 under a workbook's name
no-workbook-sylk = the file is no workbook: it is a SYLK file under a workbook's name
no-workbook-text = the file is no workbook: it is text, such as CSV, under a workbook's name
no-workbook-zip = the file is a ZIP file that holds no workbook
no-workbook-office = the file is an Office document, and no workbook
damage-ends-early = a part of it ends too early
damage-no-beginning = it does not begin as a workbook or sheet does
damage-short-record = one of its records is too short
damage-large-record = one of its parts is larger than a workbook can have
damage-sectors = its sectors have an unknown length, or one lies beyond its end
damage-circle = its sectors follow each other in a circle
damage-workbook-within = another workbook lies within it and could be taken for it
damage-sheets-overlap = two of its sheets lie over one another, or one beyond its end
damage-sheet-without-part = a sheet has no part
damage-sheets-of-one-part = two sheets have the same part
damage-no-part = it has no part { $name }
damage-claimed-extent = a sheet claims an extent that no sheet can have
damage-claimed-texts = it claims more shared texts than it has room for
damage-table-of-texts = its table of texts is too short, or in too many pieces
damage-nesting = its elements nest too deeply
damage-number = its { $name } is no number
damage-place = a cell lies beyond what a sheet can have
damage-long-text = a text is longer than a cell can hold
damage-unknown-error = a cell has an unknown error
hint-workbook-save-again = Open it in Excel or LibreOffice and save it again; until then it can be carried as a file.
hint-workbook-save-as-xlsx = Open it in Excel or LibreOffice and save it as xlsx; until then it can be carried as a file.
hint-workbook-protected = Open it with its password and save it without one; until then it can be carried as a file.
hint-workbook-stray-cells = Delete the stray cells at the far end of the sheet; until then the workbook can be carried as a file.
hint-workbook-rename-sheet = Rename one of them; until then the workbook can be carried as a file.
hint-workbook-split = Split it into several; until then it can be carried as a file.
hint-workbook-header-row = Give the row that the header is in; until then the workbook can be carried as a file.
hint-workbook-shorten = Shorten the texts in that row; until then the workbook can be carried as a file.
hint-export-again = Export it again.
hint-rename-to-csv = Rename it so that it ends with .csv; until then it can be carried as a file.
hint-unpack = Unpack it, or export the workbook again; until then it can be carried as a file.
worker-failed = the worker process cannot read it: { $error }
worker-out-of-memory = the process that reads it was aborted, most likely because it needs more memory than the { $most } MiB that it may take
worker-ended = the process that reads it ended too early ({ $status })
worker-not-understood = the process that reads it sent data that is not understood
worker-no-files = the file { $path } cannot be sent by a worker process
record-no-open-table = there is no open table for the record
hint-worker-memory = Allow it more memory, or open it in Excel or LibreOffice and save it again; until then it can be carried as a file.
hint-worker-replaced = Check that the program was not replaced while it ran; until then it can be carried as a file.
hint-carry-as-file = It can be carried as a file.

## SQLite databases, and the scratch database

# They follow "the database cannot".
scratch-open = be opened
scratch-prepare = be prepared
scratch-create-table = create a table
scratch-insert = insert a record
scratch-add-file = store the name of a file
scratch-finish = keep what was loaded
scratch-list-tables = list its tables
scratch-list-files = list its files
scratch-read = return its records
scratch-find-table = find a table
# Why not.
scratch-not-created = it was not created
scratch-still-loading = it is still being loaded
scratch-cells = the record does not have a cell for each column
scratch-digest = a digest is malformed
restored-table-name = table { $table } is called { $name } in the database
restored-column-names = { $count ->
    [one] 1 column is called otherwise in table { $table }
   *[other] { $count } columns are called otherwise in table { $table }
}
restored-nan = NaN is NULL in SQLite: { $count } cells
database-damaged = the database is damaged: { $detail }
database-unreadable = SQLite cannot read the database: { $error }
database-definitions = SQLite cannot read the definitions in the database: { $error }
database-large-record = a record, or what SQLite needs to compute one, takes more than the { $most } that may be read of one
database-long-definitions = the definitions are longer than { $most }, the most that may be read
database-text-bytes = SQLite counts { $counted } bytes of text in a column and gave { $given }
database-other-rows = SQLite gave other rows when it was asked again
database-odd-utf16 = UTF-16 text has an odd number of bytes
database-journal = the journal beside the database is damaged: it claims more pages than there are
database-not-checked = SQLite cannot check the whole file: { $error }
database-table-not-checked = SQLite cannot check table { $table }: { $error }
database-broken-rule = SQLite's integrity check reports a broken rule or index, and the rows can be read: { $detail }; REINDEX repairs an index
no-database = the file is encrypted, or is no SQLite database: it does not begin as one
no-database-short = the file is too short to be a SQLite database
virtual-table-of-module = a virtual table of the module { $module } is kept in the database file and, if it stores anything there, in the tables behind it
virtual-table-of-missing-module = a virtual table of the module { $module }, which is missing here, is kept in the database file and, if it stores anything there, in the tables behind it
hint-database-damaged = Restore it from a copy, or save what is left with sqlite3's .recover; until then it can be carried as a file.
hint-database-other-program = Export it from the program that wrote it, as CSV for example; until then it can be carried as a file.
hint-database-large-record = Drop generated columns and indexes that compute so much; until then it can be carried as a file.
hint-database-check = Check the database with sqlite3's integrity_check; until then it can be carried as a file.
hint-database-journal = Move the journal away if the database is whole without it; until then it can be carried as a file.
hint-no-database = If the program that wrote it can save an unencrypted copy, export that; until then it can be carried as a file.

## Checks against the source, totals, keys and references

joined-by-semicolon = { $one }; { $next }
total-no-table = there is no table { $table }, of which a total was expected
total-no-column = the table has no column "{ $column }", whose sum was expected
total-no-tables = the archive has no tables
total-tables = the archive has { $names }
total-columns = it has { $names }
names-and-others = { $count ->
    [0] { $names }
    [one] { $names } and 1 other
   *[other] { $names } and { $count } others
}
total-rows = the table has another number of records
total-sum = column "{ $column }" comes to another sum
total-no-numbers = column "{ $column }": { $count ->
    [one] 1 cell is not a plain decimal number, and not in its sum
   *[other] { $count } cells are not plain decimal numbers, and not in its sum
}

against-table = the source as it is now: { $difference }
against-file-gone = the source no longer has the file
against-file-new = the source has the file, and the archive does not
against-file-changed = the file has changed in the source

restored-no-table = the restored database lacks this table
restored-rows = the restored table has another number of records
restored-digest = the restored table has other records
restored-counts = the restored table has other kinds of cells in column { $column }
restored-content-id = the content id rebuilt from the restored database is another
key-declared = the declared key ({ $columns })
key-given = the given key ({ $columns })
key-inferred = the inferred key ({ $columns })
key-repeated = { $key } is repeated: in { $count } of { $all } records, first in record { $first }
key-missing = { $key } is missing in { $count } of { $all } records
one-or-other = { $one } or { $other }
reference-not-exported = column { $columns } refers to { $targets }, which is not in the archive
reference-no-key = column { $columns } refers to { $targets }, which has no such key: nothing was looked up
reference-orphans = { $count } of { $all } values in column { $columns } name no record of { $targets }, as in the source; first in record { $records }

## Restore

file-differs = the file does not come back byte for byte
file-not-rebuilt = the file does not come back byte for byte: { $error }
record-before-table = a record came before its table
table-incomplete = the file holds { $count } of the { $all } records of the table; the others are missing
restored-under-another-name = it is restored under another name, { $name }
members-left-out = members that are not whole and were left out: { $count }
count-bytes = { $count ->
    [one] 1 byte
   *[other] { $count } bytes
}
kept-unchecked = { $kept }, which no checksum could check
kept-partly-unchecked = { $kept }, of which no checksum could check the last { $count }
member-to-its-end = the member is there to its end: { $kept }
member-beginning = only the beginning of the member is left: { $kept }
chunks-unreadable = encrypted chunks of 64 KiB that cannot be read: { $count }
salvage-database = what is whole of a damaged archive is restored into a folder, not a database
hint-salvage-database = Restore into a new folder; its tables are CSV files.
restored-without-files = a database holds no files: restore into a folder to get them as well
restored-plain = tables of SQLite databases ({ $sources }) come as plain tables, without types, keys, indexes, views and triggers: restore the original files to get the databases themselves
restored-unreadable = the restored database cannot be read: { $why }
restored-more-tables = the restored database has this table, and the archive does not
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
restored-objects = this database has { $objects }, as its source had: SQLite runs them when it is used, and what they do was not checked; open it with PRAGMA trusted_schema=OFF, and read sqlite_schema before you change anything

## Export, history, metrics

table-without-records = table { $table } holds no records; if the CRM has some, export them again
source-without-table = nothing is in it, so there is no table; if the CRM has something, export it again
history-too-long = the history { $path } is longer than { $limit } MiB, the limit
history-line = line { $line } of the history { $path } { $why }
history-line-too-long = is longer than any line that is written
history-line-torn = is incomplete: it has no line end
history-line-not-first = is not the first line that was written: lines before it are missing
history-line-out-of-order = does not follow from the line before it: lines were removed, inserted or moved
history-line-foreign = is not a line of a history
history-line-changed = was changed after it was written
history-line-version = has version { $version }; this program reads version { $known } only
history-line-limit = a line of the history would have { $bytes } bytes; the limit is { $limit }
history-command = a history has no lines for { $command }
hint-history-command = A history records exports and restore-tests.
history-later-export = the history has a later export under this archive's name
history-other-archive = the history has another archive under this name
history-other-name = the history has this archive under the name { $name }
history-unknown-archive = the history has no export of this archive
metrics-foreign = this is not a metrics file that this program wrote
hint-metrics-foreign = Name another file, or remove this one if nothing needs it.
metrics-too-long = the metrics file { $path } is longer than { $limit } MiB, the limit; it is not changed
restore-too-slow = the restore took longer than its limit
archive-from-the-future = the archive was made in the future, or this clock is wrong
archive-too-old = the archive is older than its limit
not-a-regular-file = it is not a regular file
hint-regular-file = Name a regular file.
not-replaced-source = it is a source, or another file of this run
not-replaced-foreign = it is not a file that an export writes
not-replaced-no-archive = it is not an archive
not-replaced-keys = it may be an encrypted identity file, and keys are never replaced
sidecar-differs = the .sha256 file beside the archive is of other bytes than the archive has
other-content-id = this archive holds something else than was expected
not-an-archive-folder = it is a folder
not-an-archive-pipe = it is a pipe or a device, and an archive is read from its end: save it as a file
sealed-bytes-differ = the archive's bytes are not the ones that were written
read-back-differs = what is on the disk is not the archive that was written
archive-replaced = the archive was replaced by another one since it was tested
no-folder-sync = the entries of the folder { $folder } cannot be flushed to the disk; if the power fails in the next minute, check that the new files are there
no-locks = files in the folder { $folder } cannot be locked; do not let two runs write to the same name there at the same time
no-exclusive-rename = the file system of { $folder } cannot rename without replacing; it was checked just before that no file of that name was there
pattern-without-match = { $pattern } was given, and is the name of nothing here
