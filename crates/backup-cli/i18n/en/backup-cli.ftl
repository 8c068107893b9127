## Composition of messages

about = { $name }: { $text }
sentences = { $first } { $next }
after = { $what }: { $why }
joined = { $first }; and { $second }
with-more = { $text } (and { $more } more)
comma = {", "}
error = error:
warning = warning:
hint = hint:

## Standard error, below a printed report

interrupted = interrupted; no partial output is left
stopping = stopping; press Ctrl-C again to stop at once
stopped-at-once = stopped at once; a folder named .NAME.….partial may remain; the next run that writes NAME removes it
see-findings-above = the problems are listed above
see-skipped-above = the skipped checks are listed above

## Hints after an error

hint-processes = Allow more processes at a time (`ulimit -u`), end others, or use --threads 1.
hint-disk-full = Free some space, or write to another disk.
hint-passphrase = Give the passphrase with -p; upper and lower case matter.
hint-key = Give, with -i, the identity file of a key that this archive was encrypted for.
hint-wrong-passphrase = Try again: check upper and lower case, the keyboard layout, and spaces at the beginning and the end. Only the first line of a --passphrase-file is used.
hint-locked-key = Run it in a terminal, which asks for the passphrase. For scheduled runs, give -i a key file without a passphrase.
hint-recipients = Recipients look like age1… or ssh-ed25519 …; `crm-backup keygen` makes a key.
hint-work-factor = If you trust this file, and this computer has enough memory, use --max-work-factor { $found }.
hint-cut-short = Compare its length with that of another copy, and copy it again; `verify --sealed` compares it with its .sha256 file. `restore --salvage` restores what is still intact in this one.
hint-refused = Use another copy of this archive; its .sha256 file shows whether this copy has changed since it was written. If the damage is not in the first lines, `restore --salvage` restores what is still intact in this one.
hint-exists = Choose another name, or use --force if it is an older archive.
hint-after-publishing = The archive can be used. Export again with --force to write the files that belong next to it.

## Hints after an unsuccessful report

hint-broken-history = Compare the history with a copy of it. No line is added to a broken history: restore it from the copy, or move it away and start a new one.
hint-another-archive = This is not the expected archive; use the one with that content id.
hint-missing = Look for what is missing in another copy of this archive.
hint-nothing-intact = Look for another copy of this archive: nothing in this one is intact.
hint-names = The archive is sound. Fix the names in the list of totals; if a name is right, it is missing in the CRM's export: export again while the CRM still exists.
hint-data = The archive is sound, but its data is not as expected. Find out why, and export again while the CRM still exists.
hint-names-exported = Fix the names in the list of totals; if a name is right, it is missing in the CRM's export: export again while the CRM still exists.
hint-data-exported = The archive is kept: it holds what the sources hold, but that is not what the CRM shows. Find out why, and export from the CRM again while it still exists.
hint-data-sources = The sources do not hold what the CRM shows. Find out why, and export from the CRM again while it still exists.
hint-prove-again = The archive itself may be sound: verify it, then test again; keep the CRM until it is proven.
hint-another-copy-or-table = Use another copy of this archive; its .sha256 file shows whether a copy has changed since it was written. `restore --salvage` restores what is still intact in this one, and `restore --table NAME` an intact table.
hint-another-copy = Use another copy of this archive; its .sha256 file shows whether a copy has changed since it was written. `restore --salvage` restores what is still intact in this one.
hint-age = Export again and test that archive, or look for the archive you meant.
hint-restore-time = It restores, but not in time: test it on a machine like the one that would be used for a real restore.
hint-replaced = Look for the archive that was exported under this name, and find out who put this one there.
hint-unrecorded-export = The archive is complete and is kept. Check the name of the history, its folder, the write permissions, and the free space on its disk.
hint-unrecorded = Nothing is wrong with the archive. Check the name of the history, its folder, the write permissions, and the free space on its disk; then run the command again.
hint-verify-first = Verify the archive before you rely on it.
hint-fix-source = Fix the source and export again, or store it as a file with --as-file NAME. Everything else was read.
hint-encoding = If the file is in another encoding, set it with --encoding NAME; otherwise fix the bytes in a copy of the file, or store it as a file with --as-file NAME.
hint-header-row = If the header is on another line, give it with --header-row N; if the delimiter is another one, give it with --delimiter CHAR; otherwise fix a copy of the file, pad the records with --ragged pad, or store it as a file with --as-file NAME.
hint-escape = If quotes within cells have a backslash before them, give --escape '\'; otherwise fix a copy of the file, or store it as a file with --as-file NAME.
hint-zip-limits = If you trust the ZIP file, raise its limits with --zip-ratio, --zip-bytes, --zip-members or --zip-depth, or unpack it and export the folder.
hint-verify-with-key = Verify it with the key (-i) instead.
hint-rest-restored = Everything else was restored.
hint-rest-checked = Everything else was checked, and nothing is wrong with it.

## Usage errors and their hints

keys-and-passphrase = an archive is encrypted either for keys or with a passphrase, not both
keys-and-passphrase-hint = Omit -r and -R, or the passphrase.
no-recipient = no recipient is given, so nobody could open the archive
no-recipient-hint = Name the recipients: -r age1… or -R FILE, or -p for a passphrase; `crm-backup keygen -o key.txt` makes a key.
no-key = no key is given to open the archive
no-key-hint = Give the identity file with -i, or the passphrase with -p.
opens-archives = { $name } contains a secret key, but a recipient is a public key
opens-archives-hint = Use -r { $key }, the public key in that file.
opens-archives-hint-unknown = Give its public key with -r: age1…, or the line of the .pub file.
recipient-file = { $name } is a file, but -r takes a public key
recipient-file-hint = To take the recipients from that file, use -R { $name }.
identity-hint = An identity file holds a line AGE-SECRET-KEY-1…, or is an SSH private key; `crm-backup keygen` makes one.
passphrase-empty = the passphrase is empty
passphrase-empty-hint = Give a passphrase of several words.
passphrase-differs = the two passphrases are not the same
passphrase-differs-hint = Try again.
ask-passphrase = passphrase
ask-passphrase-again = passphrase again
no-terminal = there is no terminal to ask for the passphrase on
no-terminal-hint = Use --passphrase-file FILE or --passphrase-env NAME instead of -p.
passphrase-file = { $path } does not begin with a line of UTF-8 text
passphrase-bom = the passphrase begins with a byte order mark (BOM), which nobody can type
passphrase-file-hint = Save the passphrase as UTF-8 text without a byte order mark (BOM), alone on the first line.
no-variable = the environment has no variable { $name }
no-variable-unnamed = the environment has no variable with the given name
no-variable-hint = Set it and export it in the shell that starts crm-backup.
standard-input = standard input
the-variable = the variable { $name }
too-large = { $name } is larger than 1 MiB, which is too much for { $what }
too-large-hint = Keys and passphrases are a few lines; check that this is the file you meant.
input-recipients = recipients
input-identity = the identity
input-passphrase = the passphrase
input-source = a source
input-archive = an archive
input-list = a list
stdin-twice = standard input cannot be both { $first } and { $second }
stdin-twice-hint = Use - once, and name a file for the other.
secret-key = a secret key is among the arguments, where others can see it
secret-key-opening-hint = Give its file with -i FILE, or a variable that contains it with --identity-env NAME. This one may have been seen already: make a new key.
secret-key-export-hint = An export needs no secret key: give the public key, age1…, with -r, or a file of public keys with -R. It is in the key's file, after “public key:”. This secret may have been seen already: make a new key.
secret-variable = the value of --passphrase-env or --identity-env is not the name of a variable: is it the secret itself?
secret-attached = -p takes no value; write a flag after it separately, as in -p -i FILE
secret-flag = no flag takes a passphrase
secret-after = the argument after -p is not a file: is it the passphrase?
secret-hint = A passphrase is never an argument, where others can see it: -p asks for it, and --passphrase-file FILE or --passphrase-env NAME say where it is.
usage-hint = Run --help for usage.
dry-run-kept = a dry run writes no history and no metrics
dry-run-kept-hint = Omit --dry-run, or the history and the metrics.
is-a-folder = { $path } is a folder
is-a-folder-hint = -o names the archive itself, such as crm.tar.zst.age.
totals-name = --totals cannot write to { $path }
totals-name-hint = Name a new file, such as totals.csv.
read-back-hint = No archive was written: the disk or this machine's memory may be at fault. Export again, to another disk.
expect-id-one = --expect-id is for one archive, but several are given
expect-id-one-hint = Check each archive with a separate command.
against-one = --against is for one archive, but several are given
against-one-hint = Test each archive with a separate command.
stdin-name = another source already has the name { $name }
stdin-name-hint = Name standard input with --stdin-name.
originals-database = --originals restores files, but -o names a database
originals-database-hint = Name a new folder with -o.
salvage-database = --salvage restores into a folder, but -o names a database
salvage-database-hint = Name a new folder with -o; its tables are CSV files.
restore-new-hint = Name a new or empty folder, or a new .sqlite file: nothing is ever replaced.
demo-new-hint = Name a new or empty folder, or none at all.
keygen-json = --json prints a report, which must not contain the key
keygen-json-hint = Use -o FILE to write the key to a file.
keygen-exposed = standard output is a file that others can read, and the secret key is in it; use -o FILE, or restrict its permissions
keygen-new-hint = Choose another name: a key is never replaced, as archives may need it.
page-name = --report { $path } is not the name of a page
page-name-hint = Name a file such as report.html.
page-another = { $path } already exists and is not a report
page-another-hint = --report replaces only an older report; name a new file.
metrics-file = --metrics { $path } is not a regular file
metrics-file-hint = Name a file; it is replaced as a whole.
metrics-names = metrics identify archives by their file names, but two are the same
metrics-names-hint = Check them with separate commands, each with its own metrics file.
history-name-text = a history identifies archives by their file names, but { $path } is not Unicode
metrics-name-text = metrics identify archives by their file names, but { $path } is not Unicode
name-text-hint = Give the archive another name.
scratch-hint = Free some space there, set SQLITE_TMPDIR to a folder on another disk, or use --scratch memory.

## Values of flags that cannot be read

invalid-value = invalid value '{ $value }' for '{ $argument }': { $reason }
value-size = expected a number of bytes, such as 700, 512KiB or 64MiB
value-size-number = it does not start with a number
value-size-range = that is too small or too large
value-number = it is not a number
value-encoding = try utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252, utf-16le or utf-32le
value-name-encoding = try gbk, big5, shift_jis, euc-kr, koi8-r, cp437, cp850, cp866 or utf-8
value-pair = write TABLE=NAME, such as contacts=contacts-2026-10-01.csv
value-scratch = it is memory, disk, or the address of a server without a password, such as postgres://user@host/
table-of-files = --table is for databases on servers, and none is among the sources
table-of-files-hint = Name the files to export, or leave some out of the folder.
same-database = two databases are called { $name }
same-database-hint = Export each into an archive of its own.
secret-address = the address of a database contains a password
secret-address-hint = Other users of this machine can see it there. Leave it out, and give it with --password-file FILE, for PostgreSQL in PGPASSWORD or PGPASSFILE, or for MySQL in MYSQL_PWD.
value-delimiter = expected one ASCII character other than a quote or line end, a name such as tab or \x01, or one of ， ； ｜ 、 +| || :: ¦
value-escape = expected one visible ASCII character other than a quote
value-content-id = a content id is 64 hexadecimal digits
value-percent = expected a share from 1% to 100%, such as 50%
value-duration = expected a number and a unit, such as 90d, 12h, 30m or 45s
value-duration-range = that is too long

## Outputs in addition to the verdict

page-not-written = the page was not written
history-not-written = the history was not written
metrics-not-written = the metrics were not written
result-stands = The result for the archive remains valid.

## Why an archive cannot be opened

no-key-or-damaged = none of the given keys opens this archive: it is encrypted for other keys, or its header is damaged
no-passphrase-or-damaged = the passphrase does not open this archive: it is wrong, or the archive's header is damaged
may-be-damaged = { $text }; but its bytes do not match its .sha256 file, so it may be damaged
may-be-damaged-hint = Use another copy of this archive; `verify --sealed` shows, without a key, whether a copy has changed since it was written.
as-written = The archive itself has not changed since it was written: its .sha256 file agrees.
compare-sum = If the key or passphrase is the right one, compare the archive's SHA-256 with the one recorded at the export (its .sha256 file), and use another copy if they differ.

## Progress and notices

phase-exporting = Exporting
phase-reading-back = Reading back
phase-verifying = Verifying
phase-loading = Loading
phase-proving = Proving
phase-restoring = Restoring
phase-comparing = Comparing
phase-working = Working
notice-lock = Waiting for another run that is writing { $path } …
notice-removing = Removing { $path }, which a killed run left behind.
notice-unsupported = Note: { $why }
history-no-folder = Note: the history cannot be written, because there is no folder { $path }
notice-pipe = waiting for { $path }: it is a pipe, and nothing has been written to it yet
pipe-silent = it is a pipe, and nothing was written to it for { $seconds } s
keep-key = Keep { $path } apart from the archives, in more than one place: everyone who has it can read them, and without it nobody can.
public-key = Public key: { $key }
report-written = Report: { $path }
next-read-otherwise = If a note shows that a file was read wrongly: { $options }
next-keep-id = Keep the content id with your records:
next-prove = Now prove that it restores:
next-totals = Fill in { $path } with the numbers that the CRM shows, and give it to the export: --expect { $path }

## The demonstration

demo-intro = A CRM of invented people: CSV files, a workbook, a database, attachments.
demo-keygen = First, make a key.
demo-export = Export, encrypted for that key.
demo-inspect = Show what is in the archive.
demo-verify = Verify the archive.
demo-restore-test = Prove that it restores.
demo-restore = Restore the original files.
demo-differs = { $name } was not restored unchanged
demo-proven = { $files ->
    [one] 1 file was restored byte for byte, and every record was restored through a database.
   *[other] { $files } files were restored byte for byte, and every record was restored through a database.
}
demo-failed = The demonstration did not succeed.

## Help: commands, then arguments

help-main-about = Encrypted, verifiable CRM backups that are proven to restore
help-main-long-about = Puts the export of a CRM (CSV files, Excel workbooks, a SQLite database, attachments) into one encrypted file, checks that file, and proves that everything in it can be restored.
help-json = Print one JSON document instead of text
help-quiet = Print only the verdict, and warnings: a secret key, an identity file or files of the backup in the sources, a changed name, no records
help-color = When to use colour: auto (on a terminal, unless NO_COLOR is set), always or never
help-threads = Worker threads; reading uses at most four [default: one for each core]
help-lang = Language of the output, of this help and of --report: en or zh; --json is the same in both [default: from LC_ALL, LC_MESSAGES or LANG]
help-keygen-about = Make a key
help-keygen-long-about = Makes a new key pair and writes it as age-keygen does. Everyone who has the file can read every archive that is encrypted for its public key, and without it nobody can: keep it apart from the archives, and keep more than one copy.
help-keygen-output = The file to write, readable only by you; an existing file is never replaced [default: standard output]
help-demo-about = Try a full cycle on a sample
help-demo-long-about = Exports a bundled CRM of invented people, verifies it, proves that it restores, and restores it; each command is shown as it runs.
help-demo-folder = A new or empty folder to work in, which stays [default: a temporary one, removed at the end]
help-verify-about = Check that an archive is intact
help-verify-long-about = Reads all of an archive and checks every byte, digest, count and layer. With --sealed no key is needed: the encrypted bytes are compared with the .sha256 file next to the archive.
help-verify-archives = The archives; - reads one from standard input
help-verify-sealed = Without a key: only compare the encrypted bytes with the .sha256 file
help-verify-expect-id = The content id that the archive must have
help-verify-metrics = Write metrics for a monitoring system, in the text format of Prometheus
help-restore-test-about = Prove that an archive restores
help-restore-test-long-about = Verifies an archive, loads everything into a temporary database, reads it back, and compares it cell for cell with what was exported.
help-restore-test-archives = The archives
help-restore-test-against = Also compare with the current sources: how many records of each table were added, removed and changed
help-restore-test-require-equal = With --against, a difference is a failure instead of a note
help-restore-test-expect = Compare the restored database with totals that the CRM itself shows: a CSV file with the header table,rows or table,rows,column,sum
help-restore-test-expect-id = The content id that the archive must have
help-restore-test-schema = Also check the keys and references of this Frictionless data package, in addition to those that the archive declares and those that are inferred from names and values
help-restore-test-no-keys = Do not check keys and references
help-restore-test-scratch = Where the scratch database is: memory, disk (a temporary file without a name), or a server (postgres://user@host/), on which a database of its own is made and dropped again
help-restore-about = Restore the data
help-restore-long-about = Writes what an archive holds into a new folder (tables as CSV, files as they were), into a new SQLite database if the name ends in .sqlite, .sqlite3, .db or .db3, or into a new database on a PostgreSQL server. Nothing gets its name before it has been checked. What is written is no longer encrypted.
help-restore-archive = The archive
help-restore-output = The folder or the database to write; it must be new, or an empty folder. postgres://user@host/database makes this database on a server
help-restore-tables = Only this table, read without the others; repeatable
help-restore-originals = The source files, byte for byte, instead of the tables
help-restore-expect-id = Restore nothing unless the archive has this content id
help-restore-salvage = From a damaged archive, restore into a folder every part of a table and every file that is still proven intact, and list what is missing. If the end of the archive is missing, restore everything readable, without proof
help-inspect-about = Show what is in an archive
help-inspect-long-about = Reads only the end of an archive, so it is fast for archives of any size. It checks nothing else, and gives no verdict.
help-inspect-archive = The archive
help-export-about = Export a CRM's data into one encrypted archive
help-export-long-about = Reads the sources, encrypts them into one archive, reads that back from the disk and checks every digest. Only then does the archive get its name. Two files next to it contain its checksum and how to open it by hand.
help-export-sources = CSV files, workbooks, SQLite databases, .bacpac files, SQL dumps, other files, and folders and ZIP files of them; postgres://user@host/database for a database on a server; - is a CSV from standard input
help-export-output = The archive to write, usually NAME.tar.zst.age; - writes it to standard output, where it is not read back
help-export-stdin-name = What to call the CSV from standard input
help-export-dry-run = List what would be exported, and every problem; write nothing
help-export-totals = With --dry-run: write a list of the tables for --expect, with empty columns for the numbers that the CRM shows
help-export-expect = Compare the sources with totals that the CRM itself shows: a CSV file with the header table,rows or table,rows,column,sum. Totals that differ fail; the archive is written nevertheless
help-export-shrink-limit = The share of the last export's records that each table must have, and likewise the files and the values in each column, such as 50%; less is a note [default: 50%]
help-export-allow-shrink = This export may be smaller than the last one in the history: record it without notes
help-export-force = Replace an older archive of this name, and the files that an export wrote next to it; with --totals, an older list
help-export-no-read-back = Do not read the archive back; it is then unverified
help-export-level = How hard to compress: 1 is fast, 19 is small
help-export-part-size = How large a table's parts become before they are compressed
help-max-age = How old the archive may be, such as 90d or 12h; an older one fails
help-max-restore-time = How long restoring it may take, such as 4h or 30m; what takes longer fails
help-page = Write the report as one HTML page too, for people to read, print and file; an older page is replaced, any other file is not
help-history = Add a line to this history, after checking all of its lines
help-operator = Who runs it, for the history
help-reviewer = Who reviews the result, for the history
help-ticket = The ticket of this run, for the history
help-metrics = Write metrics for a monitoring system, in the text format of Prometheus
help-history-about = Check a history and show its summary
help-history-long-about = Checks that the lines of a history form an unbroken chain, and shows the restore tests, the longest time between two proven ones, how long restores took, and which key opened which archive.
help-history-file = The file that --history named
help-completions-about = Print completions for a shell
help-completions-long-about = Prints a script that completes commands, flags and values in bash, elvish, fish, powershell or zsh.
help-completions-shell = The shell: bash, elvish, fish, powershell or zsh
help-man-about = Write the man pages
help-man-long-about = Writes a man page for the program and one for each command, for packages of this program.
help-man-folder = The folder to write; it is created if it does not exist
help-default = {" "}[default: { $value }]
help-recipients = A public key, age1… or "ssh-ed25519 …"; repeatable
help-recipient-files = A file of public keys, one a line; - is standard input
help-identities = An identity file: from keygen or age-keygen, or an SSH private key; - is standard input. May be a pipe, as in -i <(pass show key), which is waited for a minute
help-identity-variables = Take the text of an identity file from this variable of the environment
help-max-work-factor = Do not try a passphrase if the header of the file sets a work factor above N; a factor of N takes 2^N KiB of memory
help-prompt = Ask for a passphrase
help-file = Take the first line of this file as the passphrase
help-variable = Take the passphrase from this variable of the environment
help-as-file = Store files of this name as files, without looking for tables in them; * and ? as in a shell
help-encoding = The encoding of CSV files, such as gb18030 or windows-1252: for all of them, or only for those whose names match GLOB
help-delimiter = The delimiter between the cells of CSV files: one character, a full-width comma, semicolon or bar, +|, ||, ::, or a name such as tab or \x01
help-escape = The character that escapes a quote within a quoted cell of CSV files, such as a backslash
help-header-row = The line of CSV files, and the row of the sheets of workbooks, with the header; 0 if there is none
help-ragged = Records that are shorter or longer than the header: "refuse" stores the file as a file, not as a table; "pad" pads them with nulls and lists that in the ledger
help-workbook-memory = Memory limit of the process that reads a workbook (not limited on Windows)
help-zip-ratio = Do not open a ZIP file that unpacks to more than N times its size
help-zip-bytes = Do not open a ZIP file that unpacks to more than this [default: no limit]
help-zip-members = Do not open a ZIP file that has more members than this
help-zip-depth = Do not open ZIP files that are nested deeper than this
help-zip-names = The encoding of the names in ZIP files that do not declare one, such as gbk or cp437 [default: detected for each ZIP file]
help-map = With --against, compare TABLE of the archive with the table or the file that is called NAME in the current sources

heading-global = Global options
heading-recipients = Recipients
heading-open = Keys
heading-reading = Reading sources
heading-limits = Thresholds
heading-keep = History and metrics
heading-arguments = Arguments
heading-options = Options
heading-commands = Commands
heading-servers = Databases on servers
heading-usage = Usage:
help-help = Print help
help-version = Print version
examples = Examples:

help-main-after =
    A full cycle:
    {"  "}crm-backup keygen -o key.txt
    {"  "}crm-backup export crm-export/ -o crm.tar.zst.age -r age1…
    {"  "}crm-backup restore-test crm.tar.zst.age -i key.txt

    Exit codes:
    {"    "}0  done; the verdict, if one was asked for, is proven or intact
    {"    "}1  an error, and no check failed
    {"    "}2  a usage error
    {"    "}3  a check failed: failed
    {"    "}4  not all requested checks ran: unverified; or a history,
    {"       "}metrics, a page or the result could not be written
    {"  "}130  interrupted; no partial output is left

## Punctuation and combinations
and-more = and { $more } more, see --json
see-inspect = {", see inspect"}
nothing-written = No archive was written: this is what an export would contain.
gap = {" "}

## Streams, and files of the run

stream-kept = an archive on standard input or output has no name, which a history and metrics need
stream-kept-hint = Omit --history and --metrics, or name a file instead of -.
stream-terminal = an archive is binary data, and standard output is a terminal
stream-terminal-hint = Redirect it to a file or a pipe, or name a file with -o.
own-files-left-out = { $count ->
    [one] 1 file of the backup itself lies in the source and was left out
   *[other] { $count } files of the backup itself lie in the source and were left out
}
sealed-stream = --sealed compares an archive with the .sha256 file next to it, and standard input has none
sealed-stream-hint = Verify it with the key (-i), or save it as a file.
archive-on-stdin = this command reads the end of an archive first, so it cannot read one from standard input
archive-on-stdin-hint = Save it as a file; only verify - reads an archive from a pipe.
history-file = --history needs the name of a file, not -
history-file-hint = Name a file; a line is added to it.
output-not-written = the result was not printed
standard-output = standard output
stream-room-hint = Free some space in the temporary folder, set TMPDIR to a folder on another disk, or save the archive as a file and verify that.
stdout-hint = Free some space there, or redirect the output to another place.
hint-stream-source = Set how standard input is read (--encoding, --delimiter, --header-row), or save it as a file and export that.
hint-fix-first = Fix this first: an export would stop at this source.
restore-to-a-file = { $path } would be a folder: a restore writes either a folder or a SQLite database
restore-to-a-file-hint = Name a new folder with -o, such as restored/, or a database such as crm.sqlite; --table NAME restores one table.

## Wrong arguments, in the words of this program

against-takes-all = --against takes all arguments after it as sources: name the archive before it.
usage-missing = these arguments are missing: { $arguments }
usage-unknown = there is no argument { $argument }
usage-unknown-near = there is no argument { $argument }; did you mean { $known }?
usage-command = there is no command { $command }
usage-no-command = no command was given
usage-no-value = { $argument } needs a value
usage-choices = { $value } is not a value of { $argument }; its values are: { $choices }
usage-value = { $value } is not a value of { $argument }
usage-twice = { $argument } is given twice
usage-conflict = { $argument } and { $other } cannot be used together
usage-values = { $argument } has the wrong number of values
usage-utf8 = an argument is not UTF-8

## Keys in the wrong place

key-as-file = { $key } is a public key, but the name of a file belongs there
key-as-file-recipient-hint = Use -r { $key }; -R names a file of public keys.
key-as-file-identity-hint = A public key only encrypts. Name the file of the secret key with -i.

heading-complete = Completeness
help-profile = The profile of the CRM, which tells what its exports contain: the name of a built-in one, a TOML file, or none [default: recognised by names and headers]
help-require-complete = End with 3 if something is missing from the export, and with 4 if it is not known whether it is complete
help-export-no-keys = Do not look up the references between tables
help-export-tables = Read only the tables of a database server whose names match, such as accounts or sales.*; may be given several times
help-password-file = The password of the database is the first line of this file. PostgreSQL's PGPASSWORD and PGPASSFILE, and MySQL's MYSQL_PWD, are used without it
unknown-profile = there is no profile { $name }, neither built in nor as a file
unknown-profile-hint = Built-in profiles: { $names }. For one of your own, give the path of its TOML file.
see-gaps-above = the export is not complete: see the gaps above
see-undecided-above = it is not known whether the export is complete: see what is not decided, above
incomplete-hint = If you accept this, leave out --require-complete.
