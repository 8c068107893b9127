## 语句的组合

about = { $name }：{ $text }
sentences = { $first }{ $next }
after = { $what }：{ $why }
joined = { $first }；另外，{ $second }
with-more = { $text }（另有 { $more } 项）
comma = ，
error = 错误：
warning = 警告：
hint = 建议：

## 报告已在上文时的提示

interrupted = 已中断；没有留下不完整的输出
stopping = 正在停止；再按一次 Ctrl-C 可立即停止
stopped-at-once = 已立即停止；可能留有名为 .NAME.….partial 的文件夹，直到下次运行写出 NAME 为止
see-findings-above = 问题见上文
see-skipped-above = 未能检查的内容见上文

## 出错后的建议

hint-processes = 请允许同时运行更多进程（`ulimit -u`），结束其他进程，或使用 --threads 1。
hint-disk-full = 请腾出一些空间，或写到其他磁盘。
hint-passphrase = 请用 -p 输入其口令，注意大小写。
hint-key = 请用 -i 给出加密本归档时所用密钥的身份文件。
hint-wrong-passphrase = 请重试：注意大小写、键盘布局和首尾空格；--passphrase-file 取文件的第一行。
hint-locked-key = 请在终端中运行，届时会询问口令；定时运行请用 -i 给出不带口令的密钥文件。
hint-recipients = 公钥形如 age1… 或 ssh-ed25519 …；`crm-backup keygen` 可生成密钥。
hint-work-factor = 如确知其来自可信的人，且本机内存足够，请加上 --max-work-factor { $found }。
hint-cut-short = 请将其长度与其他副本比较并重新复制；`verify --sealed` 可将其与 .sha256 文件比对。`restore --salvage` 可取出其中仍然完好的内容。
hint-refused = 请另取本归档的副本；其 .sha256 文件可判断副本自写出后是否有变化。若损坏不在文件头，`restore --salvage` 可取出其中仍然完好的内容。
hint-exists = 请换用其他名称；如为旧的归档，可用 --force 覆盖。
hint-after-publishing = 归档可照常使用；用 --force 重新导出即可补齐随附的文件。

## 报告未通过时的建议

hint-broken-history = 请与其副本比较。在修复之前不会再添加任何内容：请据副本修复，或将其移到别处并另起一份。
hint-another-archive = 这不是预期的归档；请查找具有该内容标识的归档。
hint-missing = 请查找本归档的其他副本，以取得缺失的内容。
hint-nothing-intact = 请查找本归档的其他副本：这一份残存的部分中没有任何完好的内容。
hint-names = 归档本身没有问题。请修正合计清单中的名称；如名称无误，则 CRM 的导出缺少该项：请趁 CRM 仍在时重新导出。
hint-data = 归档本身没有问题，但其内容不符合要求。请查明原因，并趁 CRM 仍在时重新导出。
hint-names-exported = 请修正合计清单中的名称；如名称无误，则 CRM 的导出缺少该项：请趁 CRM 仍在时重新导出。
hint-data-exported = 归档予以保留：其内容与数据源一致，但与 CRM 所示不同。请查明原因，并趁 CRM 仍在时从中重新导出。
hint-data-sources = 数据源的内容与 CRM 所示不同。请查明原因，并趁 CRM 仍在时从中重新导出。
hint-prove-again = 归档本身可能没有问题：请先校验，再重新测试；在证实之前请保留 CRM。
hint-another-copy-or-table = 请另取本归档的副本；其 .sha256 文件可判断副本是否与写出时一致。`restore --salvage` 可取出其中仍然完好的内容，`restore --table NAME` 可取出某一张完好的表。
hint-another-copy = 请另取本归档的副本；其 .sha256 文件可判断副本是否与写出时一致。`restore --salvage` 可取出其中仍然完好的内容。
hint-age = 请重新导出并测试新的归档，或查找原本所指的归档。
hint-restore-time = 可以恢复，但超过了时限：请在与实际恢复时相当的机器上测试。
hint-replaced = 请查找以此文件名导出的归档，并查明是谁放置了现在这一份。
hint-unrecorded-export = 归档完好并予保留。请检查历史记录的名称、所在文件夹、写入权限和磁盘空间。
hint-unrecorded = 归档没有问题。请检查历史记录的名称、所在文件夹、写入权限和磁盘空间，然后重新运行。
hint-verify-first = 在依赖本归档之前，请先校验。
hint-fix-source = 请修复数据源并重新导出；如不必读成表，请用 --as-file NAME 指明。其余内容均已读取。
hint-encoding = 如果文件是其他编码，请用 --encoding NAME 设定；否则请在文件副本中修正这些字节，或用 --as-file NAME 将文件原样收录。
hint-header-row = 如果标题在另一行，请用 --header-row N 指明；如果是另一种分隔符，请用 --delimiter CHAR 指明；否则请在副本中修正文件，用 --ragged pad 保留长度不一的记录，或用 --as-file NAME 将文件原样收录。
hint-escape = 如果单元格中的引号前都有反斜杠，请用 --escape '\'；否则请在副本中修正文件，或用 --as-file NAME 将文件原样收录。
hint-zip-limits = 如果信任该 ZIP 文件，请用 --zip-ratio、--zip-bytes、--zip-members 或 --zip-depth 提高限额，或将其解压后导出文件夹。
hint-verify-with-key = 请改用密钥（-i）校验。
hint-rest-restored = 其余内容均已恢复。
hint-rest-checked = 其余内容均已检查，未发现问题。

## 用法错误及建议

keys-and-passphrase = 归档只能用密钥或口令之一加密，不能两者兼用
keys-and-passphrase-hint = 请去掉 -r 和 -R，或去掉口令。
no-recipient = 没有指明谁能打开归档
no-recipient-hint = 请指明加密所用的公钥：-r age1… 或 -R FILE，或用 -p 输入口令；`crm-backup keygen -o key.txt` 可生成密钥。
no-key = 没有给出能打开归档的密钥
no-key-hint = 请用 -i 给出身份文件，或用 -p 输入口令。
opens-archives = { $name } 是能打开归档的私钥文件，而 -R 需要公钥文件
opens-archives-hint = 请使用 -r { $key }，即该文件中的公钥。
opens-archives-hint-unknown = 请用 -r 给出其公钥：age1…，或 .pub 文件中的那一行。
recipient-file = { $name } 是文件，而 -r 需要公钥
recipient-file-hint = 如要从该文件读取公钥，请使用 -R { $name }。
identity-hint = 身份文件中有一行 AGE-SECRET-KEY-1…，或为 SSH 私钥；`crm-backup keygen` 可生成一个。
passphrase-empty = 口令为空
passphrase-empty-hint = 请使用由几个词组成的口令。
passphrase-differs = 两次输入的口令不同
passphrase-differs-hint = 请重试。
ask-passphrase = 口令
ask-passphrase-again = 再次输入同一口令
no-terminal = 没有可供输入口令的终端
no-terminal-hint = 请用 --passphrase-file FILE 或 --passphrase-env NAME 代替 -p。
passphrase-file = { $path } 的开头不是一行 UTF-8 文本
passphrase-bom = 口令以字节顺序标记（BOM）开头，无法键入
passphrase-file-hint = 请将口令保存为不带字节顺序标记（BOM）的 UTF-8 纯文本，单独占第一行。
no-variable = 环境中没有变量 { $name }
no-variable-unnamed = 环境中没有所给名称的变量
no-variable-hint = 请在启动 crm-backup 的 shell 中设置并导出该变量。
standard-input = 标准输入
the-variable = 变量 { $name }
too-large = { $name } 大于 1 MiB，作为{ $what }过大
too-large-hint = 密钥和口令只有几行；请确认这就是所要的文件。
input-recipients = 公钥
input-identity = 身份文件
input-passphrase = 口令
input-archive = 归档
input-list = 清单
input-source = 数据源
stdin-twice = 标准输入不能既是{ $first }又是{ $second }
stdin-twice-hint = - 只能使用一次；另一个请指定文件。
secret-key = 参数中有私钥，其他人可以看到
secret-key-opening-hint = 请用 -i FILE 给出其所在的文件，或用 --identity-env NAME 给出保存它的变量。此私钥可能已被看到：请生成新的密钥。
secret-key-export-hint = 导出不需要私钥：请用 -r 给出公钥 age1…，或用 -R 给出公钥文件。公钥写在密钥文件中 “public key:” 之后。此私钥可能已被看到：请生成新的密钥。
secret-variable = --passphrase-env 或 --identity-env 之后不是变量名：是否为口令或私钥本身？
secret-attached = -p 不带值；其后的参数应分开写，如 -p -i FILE
secret-flag = 没有任何参数接受口令
secret-after = -p 之后不是文件：是否为口令？
secret-hint = 口令从不作为参数，否则其他人可以看到：-p 会提示输入，--passphrase-file FILE 或 --passphrase-env NAME 指明其所在。
usage-hint = 用法见 --help。
dry-run-kept = 试运行不写出任何内容，也不写历史记录和监控指标
dry-run-kept-hint = 请去掉 --dry-run，或去掉历史记录和监控指标。
is-a-folder = { $path } 是文件夹
is-a-folder-hint = -o 指定归档文件本身，例如 crm.tar.zst.age。
totals-name = --totals 不能写入 { $path }
totals-name-hint = 请给出新的文件名，如 totals.csv。
read-back-hint = 未保留任何内容：可能是磁盘或本机内存有问题。请重新导出到其他磁盘。
expect-id-one = --expect-id 只用于一个归档，而给出了多个
expect-id-one-hint = 请对每个归档分别运行命令。
against-one = --against 只用于一个归档，而给出了多个
against-one-hint = 请对每个归档分别运行命令。
stdin-name = 已有名为 { $name } 的数据源
stdin-name-hint = 请用 --stdin-name 为标准输入指定名称。
originals-database = --originals 还原文件，而 -o 指定的是数据库
originals-database-hint = 请用 -o 指定新的文件夹。
salvage-database = --salvage 恢复到文件夹，而 -o 指定的是数据库
salvage-database-hint = 请用 -o 指定新的文件夹；其中的表为 CSV 文件。
restore-new-hint = 请指定新的或空的文件夹，或新的 .sqlite 文件：从不覆盖任何内容。
demo-new-hint = 请指定新的或空的文件夹，或不指定。
keygen-json = --json 输出报告，其中不得出现密钥
keygen-json-hint = 请用 -o FILE 将密钥写入文件。
keygen-exposed = 标准输出是其他人可以读取的文件，其中有私钥；请改用 -o FILE，或限制其权限
keygen-new-hint = 请换用其他名称：密钥从不覆盖，因为可能有归档需要它。
page-name = --report { $path } 不是页面的名称
page-name-hint = 请指定文件名，例如 report.html。
page-another = { $path } 已存在，且不是报告
page-another-hint = --report 只覆盖旧的报告；请指定新的文件名。
metrics-file = --metrics { $path } 不是普通文件
metrics-file-hint = 请指定文件名；该文件会被整体替换。
metrics-names = 监控指标以文件名区分归档，而有两个相同
metrics-names-hint = 请分别运行命令，并各用一个指标文件。
history-name-text = 历史记录以文件名区分归档，而 { $path } 不是 Unicode
metrics-name-text = 监控指标以文件名区分归档，而 { $path } 不是 Unicode
name-text-hint = 请为归档换用其他名称。
scratch-hint = 请在那里腾出一些空间，将 SQLITE_TMPDIR 设为其他磁盘上的文件夹，或使用 --scratch memory。

## 无法读取的参数值

invalid-value = “{ $value }” 不是 “{ $argument }” 的有效值：{ $reason }
value-size = 应为字节数，例如 700、512KiB 或 64MiB
value-size-number = 开头不是数字
value-size-range = 太小或太大
value-number = 不是数字
value-encoding = 可用 utf-8、gb18030、big5、shift_jis、euc-kr、windows-1252、utf-16le 或 utf-32le
value-name-encoding = 可用 gbk、big5、shift_jis、euc-kr、koi8-r、cp437、cp850、cp866 或 utf-8
value-pair = 请写成 TABLE=NAME，如 contacts=contacts-2026-10-01.csv
value-scratch = 应为 memory、disk，或不含密码的服务器地址，如 postgres://user@host/
table-of-files = --table 用于服务器上的数据库，而数据源中没有数据库
table-of-files-hint = 请列出要导出的文件，或从文件夹中移走不需要的文件。
same-database = 有两个名为 { $name } 的数据库
same-database-hint = 请将它们分别导出到各自的归档。
secret-address = 数据库地址中含有密码
secret-address-hint = 本机其他用户可以在那里看到它。请去掉密码，改用 --password-file FILE；PostgreSQL 也可用 PGPASSWORD 或 PGPASSFILE，MySQL 也可用 MYSQL_PWD。
value-delimiter = 应为一个 ASCII 字符（引号和行结束符除外），或 tab、\x01 等名称，或 ， ； ｜ 、 +| || :: ¦ 之一
value-escape = 应为一个可见的 ASCII 字符，引号除外
value-content-id = 内容标识为 64 位十六进制数字
value-percent = 应为 1% 至 100% 的比例，如 50%
value-duration = 应为数字加单位，例如 90d、12h、30m 或 45s
value-duration-range = 时间太长

## 结论以外的要求

page-not-written = 报告页面未能写出
history-not-written = 历史记录未能写入
metrics-not-written = 监控指标未能写入
result-stands = 对归档的检查结果不受影响。

## 归档无法打开的原因

no-key-or-damaged = 给出的密钥都不能解开本归档：它是为其他密钥加密的，或其头部已损坏
no-passphrase-or-damaged = 口令不能解开本归档：口令不对，或归档的头部已损坏
may-be-damaged = { $text }；但其字节与 .sha256 文件不符，归档可能已损坏
may-be-damaged-hint = 请另取本归档的副本；`verify --sealed` 无需密钥即可判断副本是否与写出时一致。
as-written = 归档本身与写出时一致：与其 .sha256 文件相符。
compare-sum = 如密钥或口令无误，请将归档的 SHA-256 与导出时所记录的（其 .sha256 文件）比对，如不一致，请另取副本。

## 进度与提示

phase-exporting = 导出
phase-reading-back = 读回
phase-verifying = 校验
phase-loading = 载入
phase-proving = 读回比对
phase-restoring = 恢复
phase-comparing = 与源比对
phase-working = 处理中
notice-lock = 正在等待另一个运行写完 { $path } …
notice-removing = 正在清除 { $path }（先前中断的运行所遗留）。
notice-unsupported = 说明：{ $why }
history-no-folder = 说明：文件夹 { $path } 不存在，历史记录将无法写入
notice-pipe = 正在等待 { $path }：它是管道，尚无数据写入
pipe-silent = 它是管道，{ $seconds } 秒内没有数据写入
keep-key = 请将 { $path } 与归档分开存放，并多处保管：持有者即可读取归档，丢失则无人能够读取。
public-key = 公钥：{ $key }
report-written = 报告：{ $path }
next-read-otherwise = 若某条说明表明文件读取有误，可使用：{ $options }
next-keep-id = 请将内容标识与您的记录一起保存：
next-prove = 接下来请证明它可以恢复：
next-totals = 请在 { $path } 中填入 CRM 界面所示数字，并在导出时使用：--expect { $path }

## 演示

demo-intro = 一套虚构人物的 CRM：CSV 文件、工作簿、数据库和附件。
demo-keygen = 首先是密钥，只归您所有。
demo-export = 用该密钥加密导出的内容。
demo-inspect = 其中有什么？
demo-verify = 它完好吗？
demo-restore-test = 它能恢复吗？
demo-restore = 以及当初的原始文件。
demo-differs = { $name }：恢复后与原来不同
demo-proven = { $files } 个文件逐字节还原，全部记录经由数据库恢复。
demo-failed = 演示未能正常完成。

## 帮助：先是命令，后是参数

help-main-about = 加密、可校验、且经证实可以恢复的 CRM 备份
help-main-long-about = 将 CRM 的导出（CSV 文件、Excel 工作簿、SQLite 数据库、附件）放入一个加密文件，检查该文件，并证实其中的全部内容都能恢复。
help-json = 输出一个 JSON 文档而不是文本
help-quiet = 只输出结论，以及以下警告：数据源中有私钥、身份文件或备份自身的文件、名称被更改、没有任何记录
help-color = 何时使用颜色：auto（在终端上，除非设置了 NO_COLOR）、always（总是）或 never（从不）
help-threads = 工作线程数；读取时最多四个 [默认：与处理器核心数相同]
help-lang = 输出、本帮助和 --report 的语言：en 或 zh；--json 在各语言中相同 [默认：依 LC_ALL、LC_MESSAGES 或 LANG]
help-keygen-about = 生成密钥
help-keygen-long-about = 生成新的密钥对，并以 age-keygen 的格式写出。持有该文件者可以读取以其公钥加密的所有归档，没有它则无人能够读取：请将其与归档分开存放，并多处保管。
help-keygen-output = 要写出的文件，只有您可以读取；从不覆盖 [默认：标准输出]
help-demo-about = 用样例试一遍全过程
help-demo-long-about = 导出一套内置的虚构人物 CRM，校验它，证实它可以恢复，再将其还原；每条命令在运行时都会显示。
help-demo-folder = 新的或空的工作文件夹，会保留 [默认：临时文件夹，结束时删除]
help-verify-about = 检查归档是否完好
help-verify-long-about = 读取整个归档，检查每个字节、摘要、计数和每一层。使用 --sealed 时不需要密钥：将加密后的字节与归档旁的 .sha256 文件比对。
help-verify-archives = 归档；- 表示从标准输入读取
help-verify-sealed = 不用密钥：只将加密后的字节与 .sha256 文件比对
help-verify-expect-id = 归档应有的内容标识
help-verify-metrics = 写出供监控系统读取的指标（Prometheus 文本格式）
help-restore-test-about = 证实归档可以恢复
help-restore-test-long-about = 校验归档，将全部内容载入一个用后即弃的数据库，再读出，并逐个单元格与导出的内容比对。
help-restore-test-archives = 归档
help-restore-test-against = 同时与这些数据源的当前状态比对：每张表新增、删除和修改了多少条记录
help-restore-test-require-equal = 与 --against 同用：有差异即为未通过，而不只是说明
help-restore-test-expect = 将恢复出的数据库与 CRM 界面所示数字核对：CSV 文件，标题行为 table,rows 或 table,rows,column,sum
help-restore-test-expect-id = 归档应有的内容标识
help-restore-test-schema = 除归档已知的以及由名称和值推断的之外，再从此 Frictionless 数据包取得主键和引用关系
help-restore-test-no-keys = 不检查主键和引用关系
help-restore-test-scratch = 演练数据库的位置：memory（内存）、disk（没有名称的临时文件），或服务器（postgres://user@host/），在其上新建一个专用数据库，用后删除
help-restore-about = 取回数据
help-restore-long-about = 将归档的内容写入新的文件夹（表为 CSV，文件保持原样）；如名称以 .sqlite、.sqlite3、.db 或 .db3 结尾，则写入新的 SQLite 数据库；也可写入 PostgreSQL 服务器上的新数据库。任何内容都在检查之后才获得正式名称。写出的内容不再加密。
help-restore-archive = 归档
help-restore-output = 要写出的文件夹或数据库；须为新的，或空的文件夹。postgres://user@host/database 会在服务器上新建此数据库
help-restore-tables = 只恢复此表，不读取其他表；可重复
help-restore-originals = 还原源文件（逐字节），而不是表
help-restore-expect-id = 仅当归档具有此内容标识时才恢复
help-restore-salvage = 对已损坏的归档，取出仍然完好的内容：每个能够证实的表分段和文件，写入文件夹，并列出缺失的内容。如归档的结尾已缺失：取出所有可读的内容，但无从证实
help-inspect-about = 查看归档中有什么
help-inspect-long-about = 只读取归档的结尾，因此无论多大都很快；但不检查其他内容，也不给出结论。
help-inspect-archive = 归档
help-export-about = 将 CRM 的导出放入一个加密的归档
help-export-long-about = 读取数据源，加密为一个归档，再从磁盘读回并检查每个摘要。此后归档才获得正式名称，旁边另有两个文件：其校验和，以及如何手工打开。
help-export-sources = CSV 文件、工作簿、SQLite 数据库、.bacpac 文件、SQL 转储、其他文件，以及包含它们的文件夹和 ZIP 文件；服务器上的数据库写作 postgres://user@host/database；- 表示标准输入中的 CSV
help-export-output = 要写出的归档，通常名为 NAME.tar.zst.age；- 表示写到标准输出，此时不读回校验
help-export-stdin-name = 标准输入中的 CSV 的名称
help-export-dry-run = 说明将导出什么以及所有问题，不写出任何内容
help-export-totals = 与 --dry-run 同用：写出供 --expect 使用的表清单，数字列留空，待填入 CRM 界面所示数字
help-export-expect = 将数据源与 CRM 界面所示数字核对：CSV 文件，标题行为 table,rows 或 table,rows,column,sum（也可用 表,记录数,列,合计）。数字不同即为未通过；归档仍会写出
help-export-shrink-limit = 每张表的记录数以及文件数、各列的非空值至少应为上次导出的多少，如 50%；不足时给出说明 [默认：50%]
help-export-allow-shrink = 此次导出可以比历史记录中的上次小：照常记录，不作说明
help-export-force = 覆盖同名的旧归档及导出在其旁写出的文件；与 --totals 同用时，覆盖旧的清单
help-export-no-read-back = 不读回归档；因而无从得知其是否完好
help-export-level = 压缩程度：1 最快，19 最小
help-export-part-size = 表的分段在压缩前的大小
help-max-age = 归档最多可以有多旧，如 90d 或 12h；更旧的则不通过
help-max-restore-time = 恢复最多可以用多长时间，如 4h 或 30m；更长的则不通过
help-page = 另将报告写成一个 HTML 页面，供人阅读、打印和存档；旧的页面会被覆盖，其他文件不会
help-history = 在检查其所有行之后，向此历史记录添加一行
help-operator = 操作人，写入历史记录
help-reviewer = 复核人，写入历史记录
help-ticket = 所属工单，写入历史记录
help-metrics = 写出供监控系统读取的指标（Prometheus 文本格式）
help-history-about = 检查历史记录并给出汇总
help-history-long-about = 检查历史记录各行是否前后相连，并给出历次恢复测试、两次已证实的测试之间最长的间隔、恢复所用的时间，以及哪个密钥解开了哪个归档。
help-history-file = --history 所指定的文件
help-completions-about = 输出 shell 的补全脚本
help-completions-long-about = 输出补全命令、参数和值的脚本，用于 bash、elvish、fish、powershell 或 zsh。
help-completions-shell = shell：bash、elvish、fish、powershell 或 zsh
help-man-about = 写出手册页
help-man-long-about = 为本程序及其每个命令各写出一个手册页，供打包使用。
help-man-folder = 要写入的文件夹；不存在则创建
help-default = {" "}[默认：{ $value }]
help-recipients = 公钥，age1… 或 "ssh-ed25519 …"；可重复
help-recipient-files = 公钥文件，每行一个；- 表示标准输入
help-identities = 身份文件：由 keygen 或 age-keygen 生成，或 SSH 私钥；- 表示标准输入。可以是管道，如 -i <(pass show key)，最多等待一分钟
help-identity-variables = 从此环境变量取得身份文件的文本
help-max-work-factor = 不尝试按头部所述需要超过 2^N KiB 内存的口令
help-prompt = 提示输入口令
help-file = 以此文件的第一行为口令
help-variable = 从此环境变量取得口令
help-as-file = 此名称的文件整体收录，不在其中查找表；* 和 ? 与 shell 中相同
help-encoding = CSV 文件的编码，如 gb18030 或 windows-1252：用于全部文件，或某个名称的文件
help-delimiter = CSV 文件的单元格分隔符：一个字符，或 tab、\x01 等名称，或 ， ； ｜ 、 +| || :: ¦ 之一
help-escape = CSV 文件带引号的单元格中，用来转义引号的字符，例如反斜杠
help-header-row = CSV 文件的标题所在的行，以及工作簿各工作表的标题所在的行；没有标题则为 0
help-ragged = 对短于或长于标题的记录的处理："refuse" 将文件作为普通文件收录；"pad" 以空值补齐，并记入台账
help-workbook-memory = 读取工作簿的进程的内存上限（Windows 上不限制）
help-zip-ratio = 不打开解压后超过其大小 N 倍的 ZIP 文件
help-zip-bytes = 不打开解压后超过此大小的 ZIP 文件 [默认：不限]
help-zip-members = 不打开成员数超过此数的 ZIP 文件
help-zip-depth = 不打开嵌套超过此层数的 ZIP 文件
help-zip-names = ZIP 文件中未声明编码的名称所用的编码，如 gbk 或 cp437 [默认：逐个 ZIP 文件检测]
help-map = 与 --against 同用：将归档中的 TABLE 与当前数据源中名为 NAME 的表或文件比对

heading-global = 通用选项
heading-recipients = 接收者
heading-open = 密钥
heading-reading = 数据源的读取方式
heading-limits = 阈值
heading-keep = 保留的记录
heading-arguments = 参数
heading-options = 选项
heading-commands = 命令
heading-servers = 服务器上的数据库
heading-usage = 用法：
help-help = 显示帮助
help-version = 显示版本
examples = 示例：

help-main-after =
    全过程：
    {"  "}crm-backup keygen -o key.txt
    {"  "}crm-backup export crm-export/ -o crm.tar.zst.age -r age1…
    {"  "}crm-backup restore-test crm.tar.zst.age -i key.txt

    退出码：
    {"    "}0  完成；如要求给出结论，结论为已证实或密文完好
    {"    "}1  出错，且没有未通过的检查
    {"    "}2  用法错误
    {"    "}3  已检查，存在问题：未通过
    {"    "}4  并非所有要求检查的内容都已检查：未能证实；或历史记录、
    {"       "}监控指标、页面或结果未能写出
    {"  "}130  已中断；没有留下不完整的输出

## 标点与组合
and-more = 另有 { $more } 项，见 --json
see-inspect = （详见 inspect）
nothing-written = 未写出归档：以上为导出将包含的内容。
gap = {""}

## 流，以及本次运行的文件

stream-kept = 标准输入或输出中的归档没有名称，而历史记录和指标需要名称
stream-kept-hint = 请去掉 --history 和 --metrics，或用文件名代替 -。
stream-terminal = 归档是二进制数据，而标准输出是终端
stream-terminal-hint = 请重定向到文件或管道，或用 -o 给出文件名。
own-files-left-out = 来源中有 { $count } 个备份自身的文件，未予收录
sealed-stream = --sealed 将归档与其旁边的 .sha256 文件比对，而标准输入没有这样的文件
sealed-stream-hint = 请用密钥（-i）校验，或先存为文件。
archive-on-stdin = 此命令先读取归档的末尾，因此不能从标准输入读取归档
archive-on-stdin-hint = 请先存为文件；只有 verify - 可从管道读取归档。
history-file = --history 需要文件名，不能是 -
history-file-hint = 请给出文件名；记录会追加到该文件。
output-not-written = 结果未能打印
standard-output = 标准输出
stream-room-hint = 请在临时文件夹所在磁盘腾出空间，或将 TMPDIR 设为其他磁盘上的文件夹，或先把归档存为文件再验证。
stdout-hint = 请腾出一些空间，或将输出重定向到别处。
hint-stream-source = 请指明标准输入的读法（--encoding、--delimiter、--header-row），或先存为文件再导出。
hint-fix-first = 请先解决此问题：导出会在这个数据源处停止。
restore-to-a-file = { $path } 会成为文件夹：恢复只能写出文件夹或 SQLite 数据库
restore-to-a-file-hint = 请用 -o 给出新文件夹（如 restored/）或数据库（如 crm.sqlite）；--table NAME 只恢复一张表。

## 参数有误

against-takes-all = --against 会把其后的所有参数都当作数据源：请将归档放在它前面。
usage-missing = 缺少参数：{ $arguments }
usage-unknown = 没有参数 { $argument }
usage-unknown-near = 没有参数 { $argument }；是否指 { $known }？
usage-command = 没有命令 { $command }
usage-no-command = 没有给出命令
usage-no-value = { $argument } 需要一个值
usage-choices = { $value } 不是 { $argument } 的取值；可用的值：{ $choices }
usage-value = { $value } 不是 { $argument } 的有效取值
usage-twice = { $argument } 重复给出
usage-conflict = { $argument } 与 { $other } 不能同时使用
usage-values = { $argument } 的取值个数不对
usage-utf8 = 有参数不是 UTF-8

## 密钥给错了位置

key-as-file = { $key } 是公钥，而此处需要文件名
key-as-file-recipient-hint = 请用 -r { $key }；-R 后面是含公钥的文件名。
key-as-file-identity-hint = 公钥只能用来加密。请用 -i 给出私钥所在的文件。

heading-complete = 完整性
help-profile = CRM 的配置档案，说明其导出应包含什么：内置配置档案的名称、TOML 文件，或 none [默认：按名称和表头识别]
help-require-complete = 导出有缺失时以 3 结束，无法判断是否完整时以 4 结束
help-export-no-keys = 不检查表之间的引用
help-export-tables = 只读取数据库服务器上名称匹配的表，如 accounts 或 sales.*；可多次给出
help-password-file = 数据库密码为此文件的第一行。未给出时使用 PostgreSQL 的 PGPASSWORD 和 PGPASSFILE，或 MySQL 的 MYSQL_PWD
unknown-profile = 没有名为 { $name } 的配置档案，既非内置也不是文件
unknown-profile-hint = 内置配置档案：{ $names }。使用自己的配置档案时，请给出其 TOML 文件的路径。
see-gaps-above = 导出不完整：见上面列出的缺失
see-undecided-above = 无法判断导出是否完整：见上面无法判断的各项
incomplete-hint = 如果接受这一结果，请去掉 --require-complete。
