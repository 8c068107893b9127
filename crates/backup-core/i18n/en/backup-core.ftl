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
by-hand-again = With this program, the same checks again, in the folder that it was run in (the history, and the names and the ticket of that run, are left out: give your own):

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

detail-no-such-table = the archive has no table of this name
detail-no-such-column = the table has no column of this name
detail-other-number = the number of records is not the one that the CRM shows
detail-other-sum = the sum of a column is not the one that the CRM shows
detail-no-numbers = some cells are not plain decimal numbers, and are not in the total
detail-key-repeated = a key is repeated, as it was in the source
detail-key-missing = a key is missing (null), as it was in the source
detail-target-not-exported = the table that a reference names is not in the archive
detail-not-looked-up = the table that a reference names has no such key, so nothing was looked up
detail-orphans = a reference names no record, as in the source
detail-gone = the source no longer has this
detail-new = the source now has this
detail-changed = this has changed in the source
detail-guessed-encoding = the encoding was guessed and may be another
detail-secret-key = the file holds a secret key: whoever can open the archive gets it; move it elsewhere and export again
detail-long-numbers = { $count } cells hold whole numbers beyond what a workbook keeps exactly; their last digits may have been lost before the export
detail-shortened-numbers = { $count } cells hold text that looks like long numbers that a spreadsheet shortened (as in 1.23E+17); their digits were lost before the export
detail-lost-characters = { $count } cells hold text with unreadable characters (U+FFFD), which were lost before the export or never were Unicode
detail-rescued = { $kept } of { $of } records of the table were given back; the others are missing
detail-runs = like its source, this database has triggers ({ $triggers }), views ({ $views }) and virtual tables ({ $virtual_tables }): SQLite runs them when it is used, and what they do was not checked; open it with PRAGMA trusted_schema=OFF, and look at sqlite_schema before you change it
finding-sentence = { $what }
comma-of-names = {", "}
finding-no-tables = { $what }; the archive has no tables
finding-instead = { $others ->
    [0] { $what }; there are: { $names }
   *[other] { $what }; there are: { $names }, and { $others } others
}

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

## Sources in general, files, folders

## CSV files

## ZIP files

## Workbooks

## SQLite databases, and the scratch database

## Checks against the source, totals, keys and references

## Restore

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
