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
check-definitions = { $count ->
    [one] definition read back from the database and compared
   *[other] definitions read back from the database and compared
}
check-rowids = { $count ->
    [one] table whose rowids were read back and compared
   *[other] tables whose rowids were read back and compared
}
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
check-values = { $count ->
    [one] value looked at by the type that the schema gives
   *[other] values looked at by the type that the schema gives
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
skipped-unproven-cut-short = what was restored is in the folder unproven (tables: { $tables }, files: { $files }): the archive's end is gone, so nothing says what else there was
skipped-unproven-no-list = what was restored is in the folder unproven (tables: { $tables }, files: { $files }): the list of what the archive held cannot be read, so nothing says what else there was
skipped-unread-at-export = { $source } could not be read as a table when it was exported; its bytes are here
# $source is for languages whose sentence names it; $error names it already.
skipped-unread = { $source ->
   *[other] { $error }; it is in the archive byte for byte, and not as a table. { $hint }
}
skipped-unreadable = { $source ->
   *[other] { $error }; an export would end here. { $hint }
}
skipped-no-checksum = there is no { $path } to compare with
skipped-checksum-not-a-file = { $path } is no regular file
skipped-checksum-long = { $path } is longer than any .sha256 file
skipped-checksum-none = { $path } does not begin with a SHA-256
skipped-checksum = the .sha256 file beside the archive was not compared: { $error }
skipped-unreadable-now = { $source }, as it is now, cannot be read and compared: { $error }
skipped-ambiguous-table = table { $name }, as it is now: several of that name cannot be told apart; name the same sources, in the order of the export
skipped-ambiguous-file = file { $name }, as it is now: several of that name cannot be told apart; name the same sources, in the order of the export
skipped-other-columns = the records of table { $table }: it has other columns now
skipped-sources = the sources as they are now: { $why }
skipped-totals = the expected totals: { $why }
skipped-as-archive-failed = the archive itself has failed
skipped-ambiguous-total = the totals of table { $table }: several tables have that name; say which, as in { $example }
skipped-relations = keys and references: { $error }
skipped-relations-and-schema = keys and references, and what the schema says: { $error }
skipped-keys-of-tables = some keys of { $tables } tables: all tables together have too many
skipped-keys-of-table = { $count } more keys and references of table { $table }: it has too many
skipped-schema-table = the schema's table { $table }: the archive has none
skipped-schema-columns = what the schema says of table { $table }: it has no column { $columns }
skipped-schema-words = not looked at, of what the schema says of table { $table }: { $words }
skipped-key-columns = a key of table { $table }: it has no column { $columns }
skipped-reference-columns = a reference of table { $table }: it has no column { $columns }
skipped-reference-table = a reference of table { $table } to table { $target }: the archive has none
skipped-reference-target-columns = a reference of table { $table } to table { $target }: it has no such columns ({ $columns })
skipped-reference-keys = a reference of table { $table } to table { $target }: it has too many keys
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

error-at = { $place }: { $what }
error-caused = { $what }: { $cause }
error-io = cannot { $doing }
error-needs-passphrase = no key that was given opens this archive, which is sealed with a passphrase
error-no-key-fits = no key that was given opens this archive, which is sealed for other keys
error-wrong-passphrase = the passphrase does not open this archive
error-not-an-archive = this is not an archive: { $why }
error-key = { $why }
error-work-factor = its passphrase has a work factor of { $found }, which takes { $memory } of memory; the limit is { $most }
error-source = { $why }
error-option = { $why }
error-moved = the source changed while it was read
error-record = { $why }
error-exists = { $path } exists already
error-locked = another run is writing { $path }; it did not end within { $seconds } seconds
error-not-replaceable = { $path } is not replaced: { $why }
error-not-flushed = { $path } is complete, but its name may not be on the disk yet
error-after-publishing = { $path } is whole, but what comes after it failed
error-limit = { $what }
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

