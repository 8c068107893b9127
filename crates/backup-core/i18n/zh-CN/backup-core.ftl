## 计数

count-records = { $count } 条记录

## 步骤

step-export = 导出
step-read-back = 读回
step-verify = 校验
step-restore = 恢复
step-prove = 读回比对
step-compare = 与数据源比对
step-keys-and-references = 主键与引用检查

## 通过的检查（数量显示在旁边）

check-sealed-bytes = { $count ->
   *[other] 加密字节已计算校验和
}
check-frames = { $count ->
   *[other] zstd 压缩帧已解压并核对校验和
}
check-members = { $count ->
   *[other] 归档成员已与清单比对
}
check-tables = { $count ->
   *[other] 表已严格解码、计数并计算摘要
}
check-records = { $count ->
   *[other] 记录已读取
}
check-files = { $count ->
   *[other] 文件已计算摘要
}
check-content-id = 内容标识已重新计算
check-expected-id = 内容标识与预期一致
check-rebuilt-sources = { $count ->
   *[other] 源文件已按配方重建并核对摘要
}
check-originals = { $count ->
   *[other] 源文件已逐字节写出
}
check-restored-records = { $count ->
   *[other] 记录已从数据库读回并比对
}
check-restored-files = { $count ->
   *[other] 文件已比对
}
check-restored-content-id = 内容标识已仅凭数据库重新计算
check-limits = { $count ->
   *[other] 限制得到满足
}
check-history = { $count ->
   *[other] 历史记录各行前后相连
}
check-whole-parts = { $count ->
   *[other] 表的分段经核对完好
}
check-whole-files = { $count ->
   *[other] 文件经核对完好
}
check-loose-members = { $count ->
   *[other] 成员已取出至其结尾（归档的清单已缺失）
}
check-totals = { $count ->
   *[other] 合计与 CRM 界面所示一致
}
check-keys = { $count ->
   *[other] 主键已检查
}
check-references = { $count ->
   *[other] 引用关系已检查
}
check-ids = { $count ->
   *[other] 引用中的标识已逐一查找
}
check-sources = { $count ->
   *[other] 表和文件与数据源当前状态没有差异
}

## 要求检查但未能检查的内容及原因

skipped-read-back = 归档写出后未从磁盘读回。
skipped-age = 归档的创建时间未知，无法判断是否超过期限。
skipped-restore-time = 归档未恢复，因此恢复时间未知。
skipped-nothing-left = 残存部分中没有任何内容可以取出：0 张表，0 个文件。
skipped-unnamed-parts = 无从得知各分段属于哪张表，因此其他表的分段也在其中。
skipped-unproven = { $cut_short ->
    [true] 取出的内容在文件夹 unproven 中（表：{ $tables }，文件：{ $files }）：归档的结尾已缺失，无从得知原来还有什么。
   *[other] 取出的内容在文件夹 unproven 中（表：{ $tables }，文件：{ $files }）：归档的内容清单无法读取，无从得知原来还有什么。
}
skipped-unread-at-export = { $source }：导出时未能读成表；其原始字节已收录。
skipped-opaque = { $source }：像是数据但未读成表，且归档中没有任何表。
skipped-unread-table = { $source } 中的表 { $table } 未能读取，仅保存在该文件中（英文详情：{ $why }）
skipped-missing-records = { $source } 中的表 { $table } 不完整（英文详情：{ $why }）
skipped-missing-anywhere = { $source } 不完整（英文详情：{ $why }）
skipped-unclear-encoding = { $source }：编码不明确，另一种编码几乎同样可能，因此文字可能有误。
skipped-unread = { $error }；未能读成表，已作为普通文件逐字节收录。{ $hint }
skipped-unreadable = { $error }；导出会在此中止。{ $hint }
skipped-no-checksum = { $path }：用于比对的文件不存在。
skipped-checksum-no-file = { $path }：不是普通文件。
skipped-checksum-too-long = { $path }：比任何 .sha256 文件都长。
skipped-checksum-no-digest = { $path }：开头不是 SHA-256 校验和。
skipped-sealed-bytes = 归档旁的 .sha256 文件未能比对：{ $error }。
skipped-unreadable-now = { $source }：其当前状态无法读取，因此未比对：{ $error }。
skipped-ambiguous = { $file ->
    [true] 文件 { $name } 未比对：同名者有多个，无法区分；请按导出时的顺序给出相同的数据源。
   *[other] 表 { $name } 未比对：同名者有多个，无法区分；请指明与哪一个比较，或按导出时的顺序给出相同的数据源。
}
skipped-other-columns = 表 { $table } 的记录未比对：其列现已不同。
skipped-sources = 未与数据源当前状态比对：{ $error }。
skipped-totals = 合计未能核对：{ $error }。
skipped-as-archive-failed = 归档本身未通过检查
skipped-sum = 表 { $table } 的列“{ $column }”合计为 { $actual }，预期为 { $expected }；但有 { $count } 个单元格不是数字，未计入合计。
skipped-two-names = 合计清单中的 { $first } 与 { $second } 都指表 { $table }，因此没有核对后者；请按 --totals 写出的清单命名各表
skipped-ambiguous-total = 表 { $table } 的合计未核对：有多张表使用该名称；请指明是哪一张，例如 { $example }。
skipped-keys = 主键与引用关系（如给出模式，也包括其内容）未能检查：{ $error }。
skipped-keys-of-table = 另有 { $count } 项主键和引用关系未检查（表 { $table }）：数目过多。
skipped-schema-table = 所给模式中的表 { $table } 不在归档中。
skipped-schema-part = 架构中的 {$table} 是某张表的一部分，而架构已为该表给出键；此处的未被使用
skipped-ambiguous-schema = 所给模式中的表 { $table }：有多张表使用该名称，请指明其中之一：{ $names }。
skipped-unmapped = 未与当前数据源中的表 { $name } 比对：没有使用该名称的表；现有的表：{ $names }。
skipped-ambiguous-map = 未与当前数据源中的表 { $name } 比对：有多张表使用该名称，请指明其中之一：{ $names }。
skipped-schema-columns = 所给模式中表 { $table } 的列 { $columns } 不在该表中。
skipped-schema-words = 所给模式对表 { $table } 的下列要求未检查：{ $words }。
skipped-key-columns = 表 { $table } 的主键未检查：没有列 { $columns }。
skipped-reference-columns = 表 { $table } 的引用关系未检查：没有列 { $columns }。
skipped-reference-no-table = 表 { $table } 对表 { $target } 的引用关系未检查：后者不在归档中。
skipped-reference-no-columns = 表 { $table } 对表 { $target } 的引用关系未检查：后者没有列 { $columns }。
skipped-reference-too-many-keys = 表 { $table } 对表 { $target } 的引用关系未检查：后者的主键过多。
skipped-lost = { $source } 无法逐字节还原：{ $why }
skipped-not-rebuilt = { $source }：未重建。
skipped-other = { $check }未能检查：{ $error }。
skipped-history = 历史记录未能写入：{ $error }。

## 差异台账

ledger-unread = 未能按应有的形式读取
ledger-renamed-table = 已有同名的表，因此本表改用其他名称
ledger-renamed-file = 已有同名的文件，因此本文件改用其他名称
ledger-renamed-source = 已有同名的数据源，因此本数据源名称前加上其文件夹名
ledger-renamed-member = 已有同名的成员，因此本成员改用其他名称
ledger-empty-folder = 空文件夹不予保留
ledger-link = 符号链接不予跟随
ledger-special-file = 设备、管道或套接字不予读取
ledger-own-file = 备份自身的文件（归档、其随附文件或本次运行的文件）不予收录
ledger-key-file = 打开归档的密钥不予收录
ledger-lock-file = Excel 等程序留下的锁定文件不予收录
ledger-within-zip = 该成员只保留在 ZIP 文件中
ledger-hidden-sheet = 该工作表在工作簿中隐藏，仍作为表收录
ledger-wal-index = SQLite 的日志索引文件不予收录
ledger-system-file = 操作系统写入的元数据，按附件收录
ledger-decoded-name = 名称不是 Unicode：显示解码后的名称，并保留其原始字节
ledger-named-twice = 被指定了不止一次，每次都会读取
ledger-member-names = ZIP 成员的名称不是 UTF-8 且未注明编码，已按推断的编码读取
ledger-unlisted-bytes = 不属于任何成员的字节只保留在 ZIP 文件中
ledger-rows-above-header = 标题行以上的内容不在表中，只保留在原始文件中
ledger-rows-below-table = 记录下方的内容（如注释或合计）不在表中，只保留在原始文件中
ledger-padded-header = 标题行短于最长的记录：已补充无标签的列
ledger-blank-lines = 记录之间的空行不予保留
ledger-padded-records = 短于最长记录的记录已用空值补齐
ledger-empty-database = 数据库中没有表；如果其数据在预写日志（-wal）中，该文件应与它放在一起
ledger-empty-file = 文件为空：其中没有表
ledger-kept-whole = 文件无法由其表重建，因此整体保存
ledger-original-lost = 该数据流无法逐字节重建
ledger-date-as-text = 日期、时间和时长以 ISO 8601 文本保存，精确到毫秒
ledger-unreadable-date = 格式为日期但超出工作簿日历范围的数字按数字保存
ledger-boolean-as-text = 布尔值保存为 true 和 false
ledger-error-as-text = 错误值保存为其文本
ledger-formula-as-value = 公式保存为工作簿最后一次计算的值
ledger-formula-without-value = 文件中没有计算值的公式保存为空值
ledger-merged-cells = 合并单元格保存为首个单元格的值，其余为空值
ledger-outer-spaces = 文件未要求保留的文本首尾空格不予保留，与电子表格的显示一致
ledger-corrected-text = 工作簿读取库会改变的文本，按文件中的内容保存
ledger-corrected-number = 工作簿读取库会改变的数字，按文件中的内容保存
ledger-corrected-date = 是数字还是日期，由文件中的数字格式决定；工作簿读取库的判断与此不同
ledger-corrected-error = 工作簿读取库会误读成其他值的错误值，按其文本保存
ledger-exact-digits = 位数超过电子表格精度的数字，按文件中的全部位数保存
ledger-not-a-worksheet = 非工作表（如图表）只保留在工作簿中
ledger-empty-sheet = 没有任何值的工作表只保留在工作簿中
ledger-internal-table = SQLite 的内部表不作为表收录
ledger-virtual-table = 虚拟表只保留在数据库文件及其背后的表中
ledger-no-order = 表中没有可确定记录顺序的内容；按 SQLite 的存放顺序读取
ledger-generated-column = 本 SQLite 无法计算的生成列未收录
ledger-lone-surrogate = 不是有效 UTF-16 的文本以通用 UTF-8 的字节保存
ledger-left-out-table = 有表被略过，因为没有表名模式与它匹配
ledger-unread-table = 有表未能读取，仅保存在原文件中
ledger-missing-records = 来源中缺少记录
ledger-computed-column = 来源不含计算列的值
ledger-undefined-table = 转储中没有定义的表
ledger-not-in-snapshot = 此表的存储引擎没有事务；其记录取自读取的时刻，而不是其他表所在的同一时刻
ledger-encoded-column = SQL Server 特有类型的值按其原始字节保存

## 位置

comma = ，
colon = ：
at-table = 表 { $table }
at-part = 第 { $part } 段
at-record = 第 { $record } 条记录
at-line = 第 { $line } 行
at-column = 第 { $column } 列
at-byte = 第 { $byte } 字节（从 0 起）
at-path = 文件 { $path }

## 错误

error-at = { $place }：{ $what }
error-caused = { $what }：{ $cause }
error-io = 无法{ $doing }
error-needs-passphrase = 给出的密钥不能解开本归档：它是以口令加密的
error-no-key-fits = 给出的密钥都不能解开本归档：它是为其他密钥加密的
error-wrong-passphrase = 口令不能解开本归档
error-locked-key = 给出的密钥都不能解开本归档；{ $name } 带有口令，因未给出口令而未能试用
error-not-an-archive = 这不是归档文件：{ $why }
error-work-factor = 口令的工作因子为 { $found }，需要 { $memory } 内存，超过所允许的 { $most }
error-moved = 数据源在读取过程中发生了变化
error-exists = { $path } 已存在，不予覆盖
error-locked = 另一个运行正在写入 { $path }，等待 { $seconds } 秒后仍未结束
error-not-replaceable = { $path } 不予覆盖：{ $why }
error-not-flushed = { $path } 已完整写出，但其名称可能尚未写入磁盘
error-after-publishing = 归档 { $path } 完好，但其后的步骤失败
error-not-there = 归档中没有{ $what }
error-scratch = 数据库无法{ $doing }：{ $why }
error-cancelled = 已中断
error-other = 本库之外的错误
error-panicked = 内部错误：线程 { $thread } 意外终止

operation-open = 打开 { $path }
operation-read = 读取 { $path }
operation-read-archive = 读取归档 { $path }
operation-read-workbook = 读取工作簿 { $path }
operation-write = 写入 { $path }
operation-write-to = 写入 { $path }
operation-write-to-folder = 写入文件夹 { $path }
operation-write-archive = 写入归档 { $path }
operation-write-file = 写入文件 { $path }
operation-create-in = 在此文件夹中创建文件：{ $path }
operation-write-in = 在此文件夹中写入文件：{ $path }
operation-read-in = 在此文件夹中读取文件：{ $path }
operation-remove = 删除 { $path }
operation-replace = 替换 { $path }
operation-start = 启动 { $path }
operation-start-thread = 启动线程 { $path }
operation-send-records = 传送读取的内容 { $path }

os-not-found = 找不到文件或文件夹
os-no-folder = 该文件夹不存在
os-permission = 没有读写的权限
os-disk-full = 磁盘空间不足

## 出错后的建议

hint-processes = 请允许同时运行更多进程（`ulimit -u`），结束其他进程，或只使用一个线程。
hint-not-found = 请检查名称和所在的文件夹。
hint-permission = 请检查谁有权在那里读写，或改用有权限的用户运行。
hint-read-only = 请换到可以写入的文件夹。
hint-disk-full = 请腾出一些空间，或写到其他磁盘。
hint-file-too-large = 请允许更大的文件（`ulimit -f unlimited`），或写到支持大文件的磁盘。
hint-passphrase = 请输入其口令，注意大小写。
hint-key = 请给出本归档加密时所用公钥对应的身份文件。
hint-locked-key = 请在询问时输入口令。在无人输入口令之处（如定时任务），请使用不带口令的密钥文件。
hint-wrong-passphrase = 请重试：注意大小写、键盘布局和首尾空格。
hint-not-an-archive = 归档文件名形如 NAME.tar.zst.age；请确认这就是所要的文件，且以二进制方式复制。
hint-recipients = 公钥形如 age1… 或 ssh-ed25519 …。
hint-work-factor = 如确知其来自可信的人，且本机内存足够，请允许更高的工作因子。
hint-cut-short = 请将其长度与其他副本和 .sha256 文件比较，并重新复制。
hint-history = 请将历史记录与其副本比较：据副本修复，或将其移到别处并另起一份。
hint-refused = 请另取本归档的副本；其 .sha256 文件可判断副本自写出后是否有变化。
hint-misread = 请用 Excel 或 LibreOffice 打开并另存为 xlsx；在此之前可作为普通文件收录。
hint-moved = 请在没有程序写入时重新导出。
hint-another-name = 请换用其他名称。
hint-locked = 请在另一个运行结束后重试。
hint-not-flushed = 磁盘可能有故障：请在重启后检查文件是否存在。
hint-after-publishing = 归档可照常使用；重新导出即可补齐随附的文件。

## 合计清单

totals-too-long = 合计清单最多 1 MiB
totals-encoding = 无法识别合计清单的编码；请另存为 UTF-8 编码的 CSV
totals-too-many-lines = 合计清单最多 10,000 行
totals-empty = 清单中没有任何合计；尚未填入数字
totals-quotes = 合计清单中有引号没有闭合
totals-columns = 表头中有 table、rows、column、sum 以外的列，或有重复的列
totals-header = 表头不是合计清单的表头
totals-cells = 合计清单中有一行的单元格多于表头
totals-table = 合计清单中有一行没有表名
totals-rows = 合计清单中有一行的记录数不是整数
totals-sum = 合计清单中有一行的合计不是十进制数
totals-ambiguous = 合计清单中有一行的合计可能是 { $whole }，也可能是 { $fraction }；请写成其中之一
totals-half = 合计清单中有一行有列而无合计，或有合计而无列
hint-totals = 表头为 表,记录数 或 表,记录数,列,合计（或 table,rows,column,sum）；数字如 1234.50 或 "1,234.50"。

## 所给模式

schema-too-long = 所给模式超过 16 MiB
schema-not-utf8 = 所给模式不是 UTF-8 编码
schema-form = 所给模式不是 Frictionless 数据包（第 { $line } 行，第 { $column } 列）
schema-empty = 所给模式未说明任何表：没有字段、主键，也没有引用关系
schema-twice = 所给模式中表 { $table } 出现了两次
schema-reference = 所给模式中，表 { $table } 对表 { $target } 的引用关系两边列数不同（{ $columns } 和 { $target_columns }）
hint-schema-form = 须有 "resources"，其中每一项都有 "name" 和直接写在其中的 "schema"。
hint-schema = 请修正该数据包；尚未作任何检查。

## 配置档案

profile-too-long = 所给配置档案超过 1 MiB
profile-not-utf8 = 所给配置档案不是 UTF-8 编码
profile-toml = 所给配置档案不是合法的 TOML：{ $why }
profile-version = 所给配置档案的版本为 { $found }，本程序只能读取版本 { $known }
profile-key = 配置档案中有未知的键 { $key }；最相近的可用键：{ $near }
profile-missing = 缺少键 { $key }
profile-type = { $key } 的值不是{ $wanted ->
    [boolean] {" "}true 或 false
    [number] 非负整数
    [positive] 正整数
    [share] {" "}0 到 1 之间的数
    [character] 引号内的单个字符
    [list] 列表
    [table] 表
   *[text] 引号内的文本
}
profile-word-empty = 列表 { $key } 中有空文本
profile-list-empty = 列表 { $key } 中没有任何项
profile-choice = 值 { $value } 不在可用的值之中：{ $known }
profile-either = 键 { $first } 和 { $second } 必须且只能给出一个
profile-prefix = 前缀 { $prefix } 的长度不是 { $length }
profile-through-none = 此附件规则以 through 指向表 { $table }，但没有针对该表的附件规则
profile-through-loop = 此附件规则经表 { $table } 循环指向自身，永远到不了文件
profile-pattern-empty = 空的匹配模式不会匹配任何内容
profile-pattern-long = 匹配模式超过 { $most } 字节
profile-pattern-brace = 匹配模式 { $pattern } 中的花括号不成对
profile-pattern-placeholder = 匹配模式 { $pattern } 中有未知的占位符 { $name }；最相近的可用占位符：{ $near }
profile-pattern-twice = 匹配模式 { $pattern } 中同一占位符出现了两次，或有两个相连的 *
profile-pattern-slash = 匹配模式 { $pattern } 不会匹配任何路径：它以 / 结尾或含有 //
profile-pattern-dots = 匹配模式 { $pattern } 不会匹配任何路径：其中有一级是 . 或 ..
profile-pattern-needs = 匹配模式 { $pattern } 必须含有花括号内的占位符 { $name }
hint-profile = 请改正配置档案的这一行；docs/profiles.md 说明了所有的键。

## 标签与标题

title-export = 导出报告
title-verify = 校验报告
title-restore-test = 恢复测试报告
title-restore = 归档报告
title-inspect = { title-restore }
page-contents = 本页内容
page-footer = 本页供人阅读。页面包含记录编号和所核对的合计，不含其他单元格内容，也不含私钥，也不加载或运行任何外部内容。
verdict = 结论
verdict-error = 没有结论（error）
all-archives = 全部归档
error-reason = 原因：
error-hint = 建议：
error-nothing-known = 本次运行未能得知该归档能否恢复。不能将本页当作证明。
rows-not-shown = … { $count } 项未在此列出；完整内容见 JSON 报告

identity = 归档信息
archive = 归档文件
created = 创建时间
content-id = 内容标识
content-id-means = 归档内容的 SHA-256；请与您留存的记录核对
expected-id = 预期的内容标识
expected-id-found = 已核对：一致
expected-id-differs = 已核对：不一致
expected-id-not-checked = 未核对
archive-id = 归档标识
opened-by = 解开所用的公钥
took = 耗时
run = 运行方式
command = 命令
checked-when = 检查时间
tool = 检查工具
platform = 运行平台
operator = 操作人
reviewer = 复核人
ticket = 工单
thresholds = 阈值
threshold = 阈值
limit-age = 归档的存在时间
limit-restore-time = 恢复所用的时间
at-most = 上限
measured = 实测
met = 是否满足
not-known = 无法得知
written = 已写出
leftovers-removed = 已清除先前中断的运行所遗留的文件

checked = 已检查
count = 数量
check = 检查项
checked-nothing = 没有任何检查得以完成。
skipped-checks = 未能检查的内容
all-checks-ran = 要求检查的内容均已检查。
may-have-stopped = 已发现问题，检查可能就此中止：其后的内容则未检查。
not-covered = 本报告未涉及的方面

findings = 发现事项
findings-none = 无：已进行的检查未发现问题。
findings-wrong = 问题
findings-notes = 说明
notes-from-export = 导出时有 { $count } 条说明（详见 inspect）
expected = 应为
actual = 实为

table = 表
tables = 表
name = 名称
records = 记录数
columns = 列数
size = 大小
sha256 = SHA-256
table-digest-means = SHA-256 取自该表的 CSV 文本：标题行一次，其后为全部记录。
table-folder = 文件夹：
as-manifest-says = 以下为归档自身清单所述，并未全部得到核实。
none = 无。
files = 文件
path = 路径
role = 收录原因
role-attachment = 附件
role-original = 原始文件
role-unread = 未能读成表
role-schema = 数据库定义
sources = 数据源
read-as = 读取方式
recovery = 如何逐字节还原
recovery-recipe = 由表重建（导出时已证实可行）
recovery-kept = 与表一并整体保存
recovery-within = 随所在文件整体保存
recovery-lost = 无法逐字节还原
ledger = 差异台账：未收录或以其他形式保存
ledger-entries = 差异台账：{ $count } 项未收录或以其他形式保存
ledger-means = 数据源中有而归档中没有，或以其他形式保存的内容。
ledger-empty = 无：归档按原样保存了数据源中的全部内容。
ledger-where = 位置
ledger-what = 内容
ledger-times = 次数

keys = 主键
key = 主键
references = 引用关系
reference = 引用列
relations-mean = 以下在恢复出的数据库中逐一查得。重复、缺失或无所指的情况在数据源中即已存在：内容标识证明备份没有改动任何内容。
basis = 依据
basis-declared = 数据库声明
basis-given = 用户指定
basis-inferred = 推断
repeated = 重复
missing = 缺失
refers-to = 指向
orphans = 悬空
found = 已找到
ids = 标识数
nulls = 空值
not-in-archive = （不在归档中）

totals = 合计核对
totals-mean = CRM 界面所示数字与恢复出的数据库的对照。
totals-mean-export = CRM 界面所示数字与导出的数据源的对照。
total-of = 合计项
crm-figure = CRM 所示
restored-figure = 恢复结果
exported-figure = 导出内容
agrees = 是否相符
not-numbers = 非数字单元格
against = 与数据源当前状态比对
scratch-database = 临时数据库
database-server = { $product } { $version }，位于 { $address }
difference = 差异
yes = 是
no = 否

by-hand = 如何手工复核
by-hand-means = 归档仅由公开标准构成。以下命令只需 age、zstd、tar 和 sha256sum，不需要生成本报告的程序。请在归档所在的文件夹中运行；key.txt 为密钥文件。
by-hand-sum = 核对加密文件是否就是当初写出的文件（使用随归档写出的 .sha256 文件）：
by-hand-open = 解开到新文件夹（若以口令加密，请去掉 -i key.txt）：
by-hand-bag = 核对解出的每个文件：
by-hand-ids = 第一个校验和应等于上文的内容标识，第二个应等于归档标识：
by-hand-table = 某个表的摘要（在 data/tables 下该表的文件夹中运行；文件夹以表名命名，否则见上文表的列表，或 data/datapackage.json 中的 "path"）：
by-hand-restore-test = 使用本程序执行恢复测试：
by-hand-again = 使用本程序重新执行同样的检查（请在当时运行的文件夹中执行；历史记录、人员姓名、工单和输出文件已略去，请另行填写）：

restored = 已恢复并检查：{ $what }。
archives-tally = { $count } 个归档：{ $tally }

history = 历史记录
last-line = 末行摘要
history-holds = 内容
history-in-order = { $count ->
    [0] 历史记录没有任何一行。
   *[other] 历史记录的 { $count } 行全部完好且前后相连。
}
history-broken = 历史记录在第 { $line } 行出错。此处仅有该行之前的内容。
restore-tests = 恢复测试
when = 时间（UTC）
restored-in = 恢复耗时
history-bars = 历次恢复所用的时间：空心表示未证实；最高的一条为 { $time }。
history-proven-tests = 已证实的恢复测试
history-longest = 最长间隔
history-until-now = 至今
history-gap = { $days }，自 { $from } 至 { $to }
history-gap-open = { $days }，自 { $from } 起
history-never-proven = 尚无已证实的恢复测试
history-times = 最短 { $least }，中位数 { $median }，最近一次 { $last }
history-keys = 解开归档的密钥
times = 次数
first = 首次（UTC）
last = 末次（UTC）
count-test = { $count } 次恢复测试
count-proven = 其中 { $count } 次已证实
count-earlier-test = { $count } 次更早的测试未在此列出；完整内容见历史记录
count-skipped = { $count } 项要求检查的内容未能检查
count-data-note = { $count } 条关于数据的说明
count-other-note = { $count } 条关于归档的说明
count-table-concerned = { $count } 张表有问题

## 计数（续）

count-table = { $count } 张表
count-key = { $count } 个主键
count-reference = { $count } 个引用关系
count-file = { $count } 个文件
count-member = { $count } 个成员
count-problem = { $count } 项问题
count-archive = { $count } 个归档
count-line = { $count } 行
count-export = { $count } 次导出
count-day = { $count } 天
count-source-file = { $count } 个源文件

## 结论的含义

verdict-proven = 已证实（proven）
verdict-intact = 密文完好（intact）
verdict-unverified = 未能证实（unverified）
verdict-failed = 未通过（failed）
no-records = 没有任何记录
meaning-unreadable = 归档中有无法读取的部分，其内容清单也因此无法读取：尚可读取的内容在文件夹 unproven 中，且无从证实。该文件夹旁的 SALVAGE.txt 说明如何使用。
meaning-cut-short = 归档的结尾及其内容清单已缺失：尚可读取的内容在文件夹 unproven 中，且无从证实。该文件夹旁的 SALVAGE.txt 说明如何使用。
meaning-damaged = 归档已损坏：仍然完好的部分已恢复，缺失部分见发现事项及文件夹中的 SALVAGE.txt。
meaning-another = 这不是所要求的归档；未恢复任何内容。
meaning-nothing-restored = 对归档的检查未通过；未恢复任何内容。
meaning-failed = 存在问题；具体见发现事项。
meaning-unverified = 未发现问题，但并非所有内容都已检查。
meaning-intact = 加密文件自写出以来未改动；未检查其中内容。
meaning-restored = 已载入数据库并重新读出：每个单元格和文件都与导出时一致。
meaning-exported = 已从磁盘重新读出：每个字节、摘要和计数都与写出时一致。
meaning-proven = 每个字节、摘要和计数都与写出时一致。
explained-restored = 本归档已被完整恢复过一次：全部内容载入一个临时数据库，再从中读出并与导出时的内容逐一比对，没有任何差异。所用密钥能够打开本归档。
explained-exported = 归档写出后，先从磁盘完整读回、解开并检查，然后才获得正式文件名。尚未恢复到数据库中：这由恢复测试完成，届时应使用实际保管的密钥。
explained-proven = 归档已被解开并完整读取，与写出时记录的所有校验和及计数一致。未恢复到数据库中：这由恢复测试完成。
explained-intact = 该文件与生成其 .sha256 文件时逐字节一致。本次检查未使用密钥，也未打开归档：因此不说明其中内容如何，也不说明是否有人能够打开。
explained-unverified = 这既不是通过，也不是未通过，不能当作证明：部分要求检查的内容未能检查，原因列于下文。
explained-another = 这不是预期的归档：其内容不同。请查找内容标识与预期一致的归档。
explained-sound = 归档本身已检查，与写出时一致；但对其提出的其他要求未能满足，详见下列问题。请先查明原因，再决定是否依赖本归档。
explained-failed = 在下列问题得到解释之前，请勿依赖本归档。如数据源仍在，请予保留，并查找本归档的其他副本。
source-equal = 数据源的当前状态与归档一致。
source-equal-in-part = 数据源当前状态中已比对的部分与归档一致。
no-verdict-export = 导出未能完成，因此没有结论。
no-verdict-restore-test = 测试未能进行，因此没有结论。
no-verdict-verify = 检查未能进行，因此没有结论。
no-verdict-restore = { no-verdict-verify }
no-verdict-inspect = { no-verdict-verify }
not-covered-content = 归档内部的内容：未打开归档。
not-covered-database = 能否载入数据库：由恢复测试检查。
not-covered-keys = 加密所用的密钥是否仍有人持有：需用实际保管的密钥做恢复测试。
not-covered-source = CRM 的当前状态：归档是与其写出时的记录比对，而未与数据源比对。
not-covered-crm = CRM 是否导出了其全部数据：请将记录数与 CRM 自身的统计核对。
not-covered-author = 归档由谁制作：持有公钥者均可制作归档。应以您自己留存的内容标识为准。
source-differs = 数据源的当前状态与归档有 { $places } 处差异。

## 发现事项：各代码的一般含义

finding-source = 关于数据源自身数据的说明
finding-misread = 读取程序给出的内容与文件本身不符，已作为普通文件收录

## 含义更具体的发现事项

detail-guessed-encoding = 编码 { $encoding } 系推断得出，可能有误{ $others ->
    [none] {""}
   *[other] ；{ $others } 同样可行，但文字不同
}
detail-unclear-encoding = 编码 { $encoding } 不明确，另一种编码（{ $others }）几乎同样可能；请设定编码后重新导出
detail-guessed-delimiter = 分隔符取 { $delimiter }，但另一分隔符同样能分开文件各行；如不正确，请设定分隔符
detail-guessed-header = 标题行取第 { $row } 行，该行或其上各行可能是标题或注释；如不正确，请设定标题行的行号
detail-missing-header = 第一条记录与其他记录相似，或文件只有这一行；文件可能没有标题行；其单元格已作为列名
detail-second-table = 文件中空行或标记之后可能是第二个表；其标题行和记录已作为同一个表的记录保存
detail-padded-lines = { $count } 条记录只有一个单元格有文字，像是标题或表下方的行
detail-blank-records = { $count } 条记录的单元格全为空，或只由短横线组成
detail-quoted-lines = 文件各行整行带引号；已将引号内的文字读成记录
detail-spaced-quotes = 有单元格以空格和引号开头，引号按文字读取，其后的分隔符照常分隔单元格；如果这些单元格本来带引号，请在文件副本中删去空格
detail-escaped-quotes = 单元格中的引号以反斜杠转义；已按此读取
detail-repeated-header = { $count ->
   *[other] { $count } 条记录
}与标题行相同
detail-totals-record = 最后一条记录像是合计或表下方的其他行；已作为记录保存
detail-end-mark = 文件以 DOS 的结束标记（^Z）结尾
detail-cut-line-end = 文件在 CR 与 LF 之间结束，可能不完整
detail-damaged-log = 数据库的预写日志（WAL）末尾 { $count } 帧（或整个日志）已损坏或被截断，未予读取（SQLite 同样不读取）；其中的更改可能缺失
detail-secret-key = 文件中有私钥：能打开归档的人都会得到它；请将其移到别处后重新导出
detail-opaque = 文件像是数据，但未读成表：只收录其原始字节
detail-unlisted-parts = 有 { $count } 个数据分片不在数据包的清单中；其记录已收入表中
detail-long-numbers = { $count } 个单元格的整数超出工作簿能精确保存的范围，其末尾数字可能在导出之前已丢失
detail-shortened-numbers = { $count } 个单元格的文本像是被电子表格缩写的长数字（如 1.23E+17），其数字在导出之前已丢失
detail-lost-characters = { $count } 个单元格的文本含有无法读取的字符（U+FFFD），这些字符在导出之前已丢失，或本非 Unicode
comma-of-names = 、

## 标点与组合
and-more = 另有 { $count } 项
tally = { $verdict }{ $count } 个
ledger-places = { $first }, … { $last } （共 { $all } 处）

## 表与数据源当前状态的差异

difference-columns = 记录未比对：列现已不同，{ $changes }
difference-column-order = 记录未比对：列的顺序现已不同
difference-gone = 数据源中已没有此表
difference-new = 数据源中有此表，归档中没有
difference-order = 记录相同，但顺序不同
difference-equal = 一致
difference-no-key = { $changes }（没有主键，无法分辨哪些是修改）
change-added = 新增
change-removed = 删除
change-changed = 修改
change-kinds = 类型不同
change = { $unit ->
    [columns] { $what } { $count } 列
   *[records] { $what } { $count } 条记录
}
change-more = { $unit ->
    [columns] { $what } { $count } 列
   *[records] { $what } { $count } 条记录
}

## 数据源的读取方式

source-encoding-mark = { $encoding }（带 BOM）
source-dates = 日期自 { $year } 年起
source-dump = SQL 转储
source-snapshot = { $moment } 的状态
source-written-by = 由 { $version } 写入
delimiter-comma = 逗号分隔
delimiter-semicolon = 分号分隔
delimiter-tab = 制表符分隔
delimiter-bar = 竖线分隔
delimiter-other = 以 { $delimiter } 分隔
header-none = 无标题行
header-line = 标题在第 { $row } 行
header-row = 标题在第 { $row } 行
header-no-table = 无表

## 归档、密钥和记录的问题

not-found-table = 表 { $name }
not-found-file = 文件 { $name }
hint-not-found-table = 归档中有：{ $names }。
ambiguous-table = 唯一对应 { $name } 的表（有多张表使用该名称，或在该文件中）
ambiguous-table-of = 唯一对应 { $name } 的表（有多张表使用该名称，或在该文件中：{ $names }）
hint-ambiguous-table = 请指明其中之一：{ $names }。
hint-not-found-file = 请列出归档的内容。
archive-tar = tar 格式有误：{ $why }
tar-needless-pax = 多余的 pax 头
tar-needless-path = 多余的 pax 路径
tar-needless-size = 多余的 pax 大小
tar-other-path = 成员的 pax 头中的路径与其名称不符
tar-two-sizes = 成员有两个大小
tar-no-end = 在结束标记之前中断
tar-after-end = 结束标记之后还有字节
tar-single-zero = 只有一个全零块
tar-stray-pax = pax 头不属于任何成员
tar-two-pax = 连续两个 pax 头
tar-long-pax = pax 头过长
tar-path-encoding = 路径不是 UTF-8 编码
tar-twice = 成员重复出现
tar-padding = 填充字节不为零
tar-long-path = 路径过长
tar-path-byte = 路径中有归档不允许的字节
tar-path-form = 路径是绝对路径，或含有空名称、“.” 或 “..”
tar-no-ustar = 不是 ustar 头
tar-checksum = 头的校验和不符
tar-kind = 成员不是普通文件
tar-link = 普通文件却带有链接名
tar-octal = 大小不是八进制数
tar-split-path = 路径分在两个字段中
tar-name-end = 名称结束后还有内容
tar-header-padding = 头的填充字节不为零
tar-pax-record = pax 记录格式有误
tar-pax-key = 归档中不应有的 pax 记录
archive-too-large = 归档超过格式允许的 8 TiB
archive-seek-table = 归档末尾的定位表{ $why }
seek-table-missing = 缺失
seek-table-kind = 不是归档所用的类型
seek-table-claims = 声称的帧过多
seek-table-begin = 的起点与其帧数不符
seek-table-large-frame = 中有超过格式上限的帧
seek-table-short-frame = 中有短于下限的帧
seek-table-cover = 没有涵盖所有的帧
archive-frame = 第 { $number } 个压缩帧{ $why }
frame-length = 的长度与定位表不符
frame-checksum = 解压后与校验和不符
frame-skippable = 没有内容，却不是可跳过的帧
frame-kind = 不是带校验和的 zstd 帧
frame-dictionary = 要求使用字典
frame-window = 的窗口超过格式上限
archive-recipients = 归档头最多 { $kib } KiB，容纳不下 { $count } 个接收者：约可容纳 660 个 age1… 公钥、590 个 ssh-ed25519 公钥，或 90 个 4096 位的 ssh-rsa 公钥；请减少接收者，并把能打开归档的密钥交给他们
archive-header = age 头在写出后被改动
archive-header-damaged = age 头已损坏，或不是由 age 生成
archive-header-long = age 头在前 { $kib } KiB 内没有结束：已损坏，或为耗费内存和时间而伪造
archive-cut-short = 归档被截断：在最后一个加密块之前结束
archive-chunk = 第 { $chunk } 个加密块未通过验证：内容被改动
archive-end = 归档被截断、末尾有多余的字节，或末尾被改动：最后一个加密块未通过验证
not-archive = 开头不是 age 文件
not-archive-empty = 文件为空
not-archive-zstd = 这是未加密的 zstd 文件
not-archive-zip = 这是 ZIP 文件或 Excel 工作簿
not-archive-gzip = 这是 gzip 文件
not-archive-sqlite = 这是 SQLite 数据库
not-archive-damaged = 首行已损坏，或不是由 age（第 1 版格式）生成；请与其 .sha256 文件或另一份副本比对
not-archive-text-mode = 行尾已被改动：它曾按文本方式复制
not-archive-armor = 这是文本封装的 age 文件；请用 `age --decrypt` 解开后重新加密
key-secret-as-recipient = 所给的接收者是私钥；接收者应是公钥 age1…
key-recipient-plugin = “{ $text }”是 age 插件的密钥，本程序不支持插件
key-recipient-length = “{ $text }”不是接收者：它有 { $count } 个字符，而密钥有 { $length } 个；请重新复制整个密钥
key-recipient-mistyped = “{ $text }”不是接收者：校验和不符，有字符写错；请重新复制
key-not-public = 所给的接收者不是公钥
key-recipient-line = { $name } 第 { $line } 行不是接收者
key-no-public-in-file = { $name } 中没有公钥：请确认这就是所要的文件
key-none-in-file = { $name } 中没有 age 身份，也没有 SSH 私钥
key-not-alone = { $name } 中的密钥没有独占一行；请去掉该行中的其他内容，如引号
key-identity-line = { $name } 第 { $line } 行不是 age 身份
key-an-identity = age 身份
key-a-recipient = 接收者
key-wrapped = { $name } 第 { $line } 行不是{ $what }：密钥被拆成了几行，请放在同一行
key-length = { $name } 第 { $line } 行不是{ $what }：它有 { $count } 个字符，而密钥有 { $length } 个；请重新复制整个密钥
key-mistyped = { $name } 第 { $line } 行不是{ $what }：校验和不符，有字符写错；请重新复制
key-plugin = { $name } 第 { $line } 行是 age 插件的密钥，本程序不支持插件
key-public-as-identity = { $name } 中是公钥，只能用来加密；打开归档需要私钥
key-bom = { $name } 以字节顺序标记（BOM）开头；请另存为不带 BOM 的 UTF-8
key-utf16 = { $name } 是 UTF-16 文本；请另存为 UTF-8
key-armored = { $name } 是文本封装（armor）的加密身份，无法读取；请用 `age --decrypt` 解密，再以不带封装的方式重新加密
key-archive = { $name } 是为密钥加密的，不是身份文件；它可能是归档
key-needs-passphrase = { $name } 以口令加密，而没有给出口令
key-passphrase = 口令打不开 { $name }
key-damaged = { $name } 已损坏
key-no-recipient = 没有给出接收者
key-passphrase-alone = 口令不能与其他接收者同时使用
key-not-together = 这些接收者不能同时使用
key-kind = 这类密钥打不开归档
key-ssh-recipient = 这一 SSH 公钥不能作为接收者
key-ssh-identity = { $name } 不是可用的 SSH 私钥
key-no-ssh = 不能使用 SSH 密钥：本程序编译时未包含此功能
archive-contents = contents.jsonl 与清单所述的内容不符
archive-within-member = bag-info.txt 之前的内容在某个成员中间结束
archive-no-bag-info = 归档不以 bag-info.txt 结束，因此不是本程序的归档
archive-manifest = 清单{ $why }
archive-manifest-version = 清单的格式版本是 { $format }
archive-version = 归档的格式版本是 { $format }；本程序只能读取版本 { $known }
manifest-digest = 与 manifest-sha256.txt 中的摘要不符
manifest-levels = 嵌套达到或超过 128 层
manifest-objects = 的对象多于格式允许的数目
manifest-values = 的值多于格式允许的数目
manifest-json = 无法读取：{ $detail }（第 { $line } 行，第 { $column } 列）
manifest-large = 超过格式上限
manifest-elsewhere = 不在 bag-info.txt 所说的位置
manifest-member-twice = 重复列出同一成员
manifest-member = 关于 { $member } 的说明与 manifest-sha256.txt 不符
manifest-table-twice = 重复列出同一个表
manifest-file-twice = 重复列出同一个文件
manifest-folder = 把文件 { $file } 放在不该有文件的位置
manifest-unnamed = 没有列出 { $member }
manifest-source-twice = 重复列出同一个数据源
manifest-source = 所述的数据源 { $source } 的恢复方式不成立
manifest-within = 说 { $file } 原在另一个文件中，而归档中没有那个文件
manifest-of-table = 关于表 { $table } 的说明有误：{ $why }
manifest-type = 归档中不应有的类型
manifest-hash = 哈希不是 SHA-256
manifest-label = 列名不是由数据源的列名得出的
manifest-parts = 归档中不应有的分段
manifest-form = 归档中的表不应有的形式
manifest-counts = 计数不一致
archive-bag = 标签文件{ $why }
bag-tag-files = 列出的标签文件与归档应有的不符
bag-digest = { $member } 的内容不符
bag-oxum-differs = 中的 Payload-Oxum 与内容的大小不符
bag-utf8 = 不是 UTF-8 编码
bag-no-label = 中有一行没有标签
bag-label-twice = 中 { $label } 出现了两次
bag-label-missing = 中缺少 { $label }
bag-number = 中的 { $label } 不是数字
bag-oxum = 中的 Payload-Oxum 不是 BYTES.FILES 的形式
bag-line = 中有一行不是“摘要、两个空格、路径”的形式
bag-line-feed = 没有以换行结束
bag-member-twice = 重复列出同一成员
table-no-columns = 表必须有列
table-columns = 表有 { $columns } 列；最多 { $most } 列
archive-not-canonical = 文本不是规范形式：{ $why }
archive-part-rows = 该段的记录数不符
archive-part-changed = 该段被改动
archive-table-digest = 表的摘要不符
archive-table-length = 表的长度不符
archive-table-rows = 表的记录数不符
archive-table-counts = 列 { $column } 中各类单元格的数目不符
archive-file-changed = 文件 { $file } 被改动
archive-other-member = 该处的成员不是清单所列的成员
archive-member = 成员{ $why }
member-unnamed = 不在任何清单中
member-elsewhere = 的位置或长度与清单不符
member-earlier-part = 排在同一个表更前的分段之前
member-too-early = 排在应在其前的成员之前
archive-member-changed = 成员被改动
archive-members-missing = 缺少清单所列的 { $count } 个成员
archive-contents-rebuilt = 由表和文件重建的内容与归档时的不符
part-not-whole = 第 { $part } 段（共 { $parts } 段）不完整：{ $why }
part-not-whole-records = 第 { $part } 段（共 { $parts } 段，第 { $first } 至 { $last } 条记录）不完整：{ $why }
file-not-whole = 文件 { $file } 不完整：{ $why }
archive-disk = 磁盘无法读取：{ $why }
archive-time = 导出时间超出日历范围
archive-same-table = 已有同名的表
archive-same-file = 已有文件 { $file }
archive-unfinished = 此前的错误使本归档无法完成
archive-open-table = 该表尚未结束
archive-no-table = 没有打开的表可以加入记录
text-unfinished = 分段在一条记录中间结束
text-cells = 记录的单元格数与表的列数不同
text-stray = 规范形式不允许的位置上有字节
text-needless-quotes = 单元格加了规范形式中没有的引号
text-missing-quotes = 单元格缺少规范形式中应有的引号
text-token = 内容不是规范形式的数字、二进制数据或原始文本
text-utf8 = 文本不是 UTF-8 编码
text-too-long = 单元格超过 1 GiB
text-header = 标题行不是该表的标题行
record-cells = 记录有 { $cells } 个单元格，而表有 { $columns } 列
record-cell-bytes = 单元格占 { $bytes } 字节；最多 { $most } 字节
record-not-utf8 = 文本列中有不是 UTF-8 编码的文本
record-not-text = 文本列中有不是文本的单元格
record-no-column = 表中没有列 { $column }
record-serde = { $why }
record-nested = 记录是平的：单元格中不能有序列、映射或结构体
record-not-one = 记录应是结构体、映射、元组或序列
record-map-key = 映射的键应是列名
record-integer = 整数超出有符号 64 位的范围；请以文本给出
record-variant = 枚举的变体写作文本
record-digest = SHA-256 摘要应是 64 个小写十六进制数字

## 数据源、文件和文件夹

size-bytes = { $bytes } 字节
size-mib = { $mib } MiB
source-nothing = 此处没有可备份的内容
source-nothing-hint = 请指定 CSV 文件、工作簿、数据库或 ZIP 文件，或包含它们的文件夹。
source-special = { $path } 是设备、管道或套接字，不予读取
source-special-hint = 请先存为文件；CSV 也可由标准输入提供。
source-too-deep = 文件夹嵌套超过 { $most } 层
source-too-deep-hint = 请将内层文件夹单独指定为数据源。
source-not-a-file = { $path } 不是文件
source-not-a-file-hint = 请指定文件；文件夹应单独作为数据源指定。
source-link = { $path } 是符号链接，文件夹中的链接不予跟随
source-link-hint = 请放入文件本身，或将其单独指定为数据源。
source-secret-key = { $name } 含有私钥：能打开归档的人都会得到它；请将其移到别处
source-encrypted = 文件本身已加密，可能是先前的归档：按原样收录
source-renamed = 已有名为 { $name } 的数据源；本数据源改名为 { $unique }
source-renamed-table = 已有名为 { $name } 的表；本表改名为 { $unique }
source-renamed-file = 已有名为 { $name } 的文件；本文件改名为 { $unique }
source-undescribed = { $source } 提供了表，但没有说明自身：归档未记录这些表的来源
source-no-table = 收到记录时没有打开的表
source-long-labels = 各列标签共占 { $bytes } 字节；上限为 { $most }
source-many-columns = 加上本表后，表和列的数量将超出归档清单的容量
source-other-counts = 数据源统计某列有 { $expected }，实际给出 { $received }
source-other-counts-hint = 这是内部错误，或数据源已损坏；请将其作为文件收录。
source-pushed = 其记录由程序提供

## 内容与名称不符的文件

source-misnamed = 内容不是 CSV：{ $format }
source-misnamed-hint = 如果是网页（常常是登录页），请从 CRM 重新导出；否则请解压，或改用与其格式相符的扩展名。
source-opaque = 文件像是数据（{ $format }），但未读成表：只收录其原始字节
format-named = { $name }
format-web-page = 网页
format-no-database = 已加密、已损坏或类型未知的数据库
format-sqlite-log = SQLite 日志，但旁边没有对应的数据库
format-office = Office 文档
format-workbook = 工作簿
format-by-name = 依其扩展名判断
format-unknown = 未知的二进制格式
format-zeros = 全是 NUL 字节
format-postgres-custom = pg_dump 的自定义格式；用 pg_restore -f crm.sql 转成 SQL 后即可读取
format-divided = 像表格一样分隔、但不规则的文本

## CSV 文件

csv-delimiter = 分隔符须为一个 ASCII 字符（引号和行结束符除外），或 ， ； ｜ 、 +| || :: ¦ 之一
csv-delimiter-hint = 可尝试逗号、分号、制表符或竖线。
csv-stream-was-read = 该数据流已读取过，无法再次读取
csv-stream-hint = 请先存为文件，再导出该文件。
csv-stream-ragged = 数据流只能读取一次，因此最长记录的长度未知
csv-stream-ragged-hint = 如需补齐记录，请先存为文件。
csv-stream-lost = 该数据流无法逐字节重建：{ $why }
csv-kept-whole = 文件无法由其表重建（{ $why }），因此整体保存
csv-recipe-none = 其引号、换行或字节不符合同一规则
csv-recipe-state = 其编码对同一行的写法随位置而变
csv-recipe-short-header = 标题行短于记录
csv-recipe-blank-lines = 有空行
csv-recipe-ragged = 各记录长度不一
csv-unmappable = 有字符无法用数据源的编码写出
csv-guessed-encoding = { $source } 按 { $encoding } 读取，{ $doubt }；如不正确，请设定编码
csv-guess-others = { $why }；{ $others } 同样可行，但文字不同
csv-guess-nul = 因为 NUL 字节的位置与之相符
csv-guess-utf8 = 因为它是有效的 UTF-8，其他编码的文字几乎不会如此
csv-guess-chinese = 因为它在该编码中有效，且像中文
csv-guess-letters = 从字母看最为可能
csv-guess-western = 从字母看最为可能；iso-8859-1 的结果相同
csv-undecodable = 此处的字节无法按 { $encoding } 解码
csv-undecodable-hint = 如果文件是其他编码，请设定编码；否则请在文件副本中修正这些字节，或将文件原样收录。
csv-no-encoding = 无法从字节判断文字的编码
csv-no-encoding-hint = 请设定编码，例如 gb18030、big5 或 shift_jis。
csv-other-mark = 文件以 { $mark } 的字节顺序标记开头，而设定的编码是 { $encoding }
csv-other-mark-hint = 请不要为该文件设定编码，或将其原样收录。
csv-unknown-encoding = 未知的编码 { $encoding }
csv-unknown-encoding-hint = 可尝试 utf-8、gb18030、big5、shift_jis、euc-kr、windows-1252、utf-16le 或 utf-32le。
csv-no-header = 文件中既没有标题行，也没有记录
csv-long-preamble = 标题行以上的内容超过 64 KiB
csv-header-line-hint = 请检查标题行的行号，或将文件原样收录。
csv-open-quotes = 此处的引号没有闭合
csv-after-quotes = 闭合引号之后还有文字
csv-too-many-cells = 有记录超过表所能容纳的 { $most } 个单元格
csv-record-too-long = 有记录超过 { $most }，即单条记录可读取的上限；其中的引号可能没有闭合
csv-fix-record-hint = 请在文件副本中修正该记录，或将文件原样收录。
csv-ragged = 记录有 { $cells } 个单元格，而标题行有 { $width } 个
csv-ragged-hint = 如果标题行在更下方，请设定其行号；否则请在文件副本中修正该记录、补齐记录，或将文件原样收录。
csv-mostly-padding = 最长的记录有 { $widest } 个单元格，若将全部 { $records } 条记录补齐到该长度，表中几乎全是空值

## CSV 文件：不确定的编码、分隔符和布局

csv-unclear-encoding = { $source } 按 { $encoding } 读取，但并不确定：{ $others } 几乎同样可能，而文字不同；请设定编码
csv-guess-folder = 因为同一文件夹中的其他文件采用该编码
csv-guess-escapes = 因为其转义序列与之相符
csv-escapes = 文件含有 { $encoding } 的转义序列，无法读取
csv-escapes-hint = 请将文件副本转换为 UTF-8。如果这些序列本身就是文字，请将编码设定为 utf-8。
csv-likely-encoding = 无法从字节判断文字的编码；可能是 { $encodings }
csv-likely-encoding-hint = 请设定编码。可能的编码：{ $encodings }。
csv-recipe-code-page = 采用 DOS 代码页
csv-recipe-delimiter = 分隔符或记录结尾有多个字节
csv-recipe-footer = 记录下方还有其他行
csv-escape-option = 转义字符必须是一个 ASCII 字符，引号、行结束符和分隔符除外
csv-escape-option-hint = 可尝试反斜杠。
csv-escape-hint = 如果单元格中的引号前都有反斜杠，请将反斜杠设定为转义字符；否则请在文件副本中修正该记录，或将文件原样收录。
csv-title-above = 判定标题行在第 { $row } 行，其上各行为标题或注释；如不正确，请设定标题行的行号
csv-possible-title = 首行可能是标题或注释；如果标题行在其下方，请设定标题行的行号
csv-one-column = 该表只有一列，但各行可由 { $delimiter } 分开；如果它是分隔符，请设定
csv-other-delimiter = 如果用 { $delimiter } 分隔，所有记录的单元格数也相同；如果它才是分隔符，请设定
csv-quoted-lines = 文件各行整行带引号；已将引号内的文字读成记录
csv-spaced-quotes = 有单元格以空格和引号开头，引号按文字读取，其后的分隔符照常分隔单元格；如果这些单元格本来带引号，请在文件副本中删去空格
csv-escaped-quotes = 单元格中的引号以反斜杠转义；已按此读取
csv-repeated-header = { $count ->
   *[other] { $count } 条记录
}与标题行相同；文件可能由多个文件拼接而成
csv-totals-record = 最后一条记录像是合计或表下方的其他行；已作为记录保存
csv-end-mark = 文件以 DOS 的结束标记（^Z）结尾
csv-cut-line-end = 文件在 CR 与 LF 之间结束；可能不完整
csv-stream-lines-above = 该数据流无法逐字节重建（{ $why }），其标题行以上的内容将会丢失
csv-stream-lines-below = 此行在记录下方，而数据流中不是记录的行将会丢失
detail-rows-below-table = 记录下方的 { $count } 行不在表中，只保留在原始文件中

## CSV：可能不是记录的记录

csv-missing-header = 第一条记录与其他记录相似，文件可能没有标题行；其单元格已作为列名。如果没有标题行，请将标题行的行号设为 0
csv-second-table = 第 { $lines } 行可能是第二个表的开头：在空行之后，数字或日期列中出现了列名，或者有标记表明接上了另一个文件。它们已作为同一个表的记录保存。如果是另一个表，请在文件副本中将其拆分
csv-padded-lines = { $count } 条记录（{ $records }）只有一个单元格有文字，像是标题或表下方的行；已作为记录保存
csv-blank-records = { $count } 条记录（{ $records }）的单元格全为空；已作为记录保存
csv-ruler-records = { $count } 条记录（{ $records }）只由短横线组成，像是标题行下方的分隔线；已作为记录保存
csv-message-line = 文件只有一行，没有记录；该行可能是错误信息而不是标题行；已作为列名
csv-mixed-encodings = { $source } 按 { $encoding } 读取，但第 { $line } 行含有 UTF-8 文字，这样读取是错误的；请在文件副本中改正，如果文字无误，请设定编码
csv-beginning-encoding = { $source } 按 { $encoding } 读取，但因为是流，只依据其开头判断；请设定编码

## ZIP 文件

zip-no-directory = 该文件不是 ZIP 文件，或不完整，或是分卷之一
zip-damaged-directory = ZIP 文件已损坏：无法读取其目录
zip-members-differ = ZIP 文件的成员数与其声明的不同
zip-member-damaged = ZIP 文件的一个成员无法解压
zip-member-checksum = ZIP 文件的一个成员与其校验和不符
zip-member-longer = ZIP 文件的一个成员比其声明的长
zip-member-shorter = ZIP 文件的一个成员比其声明的短
zip-member-memory = 解压 ZIP 文件的一个成员所需的内存超过上限
zip-member-memory-hint = 请先解压该 ZIP 文件，再导出解压后的文件夹。
zip-damaged-hint = 请重新复制或下载该 ZIP 文件；在此之前可将其作为文件收录。
zip-refused = 该 ZIP 文件可能有害，因此未打开：{ $why }
zip-refused-hint = 如果信任该文件，请将其解压并导出所得文件夹；在此之前可将其作为文件收录。
zip-too-deep = ZIP 文件嵌套超过 { $most } 层
zip-too-many-within = 其中有超过 { $most } 个 ZIP 文件
zip-too-many-members = 成员超过 { $most } 个
zip-too-large = 解压后超过自身大小的 { $ratio } 倍
zip-too-many-bytes = 解压后超过 { $most } 字节，或超过自身大小的 { $ratio } 倍
zip-overlap = 有两个成员重叠，或有成员与目录重叠
zip-name-nul = 有成员的名称含有 NUL
zip-name-root = 有成员的名称从磁盘根目录开始
zip-name-out = 有成员的名称含有 ..，指向 ZIP 文件之外
zip-name-none = 有成员没有名称
zip-member-password = 受密码保护
zip-member-method = 的压缩方法未知
zip-closed = 该成员{ $why }
zip-closed-hint = 请用制作该 ZIP 文件的程序将其解压，再导出所得文件。
zip-closed-member = 该成员{ $why }：只保留在 ZIP 文件中
zip-empty-folder = 空文件夹只保留在 ZIP 文件中
zip-guessed-names = 非 UTF-8 且未声明编码的成员名称按 { $encoding } 读取
zip-undecodable-names = 在 { $encoding } 中无效的成员名称按代码页 437 读取
zip-unknown-names = 未知的名称编码：{ $encoding }
zip-unknown-names-hint = 可试 gbk、big5、shift_jis、euc-kr、koi8-r、cp437、cp850、cp866 或 utf-8。
zip-renamed-member = 已有名为 { $name } 的成员；本成员改名为 { $unique }

## 工作簿

count-cells = { $count } 个单元格
cells-elsewhere = { $count } 个单元格，但位置不同
workbook-other-cells = 该工作表有 { $held } 个有值的单元格，而工作簿读取程序给出了 { $given } 个
workbook-cells-elsewhere = 该工作表有 { $held } 个有值的单元格，而工作簿读取程序给出的是其他单元格
workbook-other-values = 该工作表有 { $held } 个有值的单元格，而工作簿读取程序给出了其他的值
cells-of-other-values = { $count } 个单元格，但部分值不同
workbook-other-sheets = 该工作簿有 { $held } 张工作表，而读取程序给出了 { $given } 张
workbook-damaged = 该工作簿已损坏或属于未知类型（{ $why }）
workbook-protected = 该工作簿受密码保护
workbook-reader-failed = 工作簿读取程序无法处理此文件
workbook-too-large = 该工作簿解压后超过 { $most } 字节，超出单个工作簿允许读取的大小
workbook-sheets-of-one-name = 有两张工作表同名：{ $name }
workbook-many-sheets = 该工作簿的工作表超过 { $most } 张
workbook-far-cells = 一张工作表的单元格相距 { $rows } 行、{ $columns } 列
workbook-repeated-cells = 一张工作表的单元格重复次数过多，或相距过远，无法读取
workbook-long-labels = 标题行的列名超过 { $most }
workbook-long-row = 加上单元格 { $cell } 后，该行超过单行允许读取的 { $most }
workbook-two-values = 文件中单元格 { $cell } 有两个值
workbook-nul = 单元格 { $cell } 的文本含有 NUL 字符；已知读取程序会这样误读某些旧文件
workbook-unclear-cell = 单元格 { $cell } 的写法无法确定地读取
workbook-no-code-page = 该文件是未注明文本编码的 Excel 5/95 工作簿
workbook-unknown-code-page = 该 Excel 5/95 工作簿的文本使用代码页 { $page }，本程序不认识该代码页
workbook-too-old = 该文件是 1995 年以前的 Excel { $version } 工作簿
no-workbook = 该文件不是工作簿：开头的内容不符
no-workbook-empty = 该文件不是工作簿：文件为空
no-workbook-html = 该文件不是工作簿：它是以工作簿命名的网页（HTML）
no-workbook-mhtml = 该文件不是工作簿：它是以工作簿命名的单文件网页（MHTML）
no-workbook-xml = 该文件不是工作簿：它是以工作簿命名的其他 XML 文件
no-workbook-xml-2003 = 该文件不是工作簿：它是以工作簿命名的 2003 版 XML 电子表格
no-workbook-sylk = 该文件不是工作簿：它是以工作簿命名的 SYLK 文件
no-workbook-text = 该文件不是工作簿：它是以工作簿命名的文本文件（如 CSV）
no-workbook-zip = 该文件是不含工作簿的 ZIP 文件
no-workbook-office = 该文件是 Office 文档，但不是工作簿
damage-ends-early = 其中一部分过早结束
damage-no-beginning = 工作簿或工作表的开头不符
damage-short-record = 其中一条记录过短
damage-large-record = 其中一部分大于工作簿可能的大小
damage-sectors = 扇区长度未知，或有扇区超出文件末尾
damage-circle = 扇区首尾相接，形成循环
damage-workbook-within = 其中嵌有另一个工作簿，可能与它混淆
damage-sheets-overlap = 两张工作表相互重叠，或一张工作表超出文件末尾
damage-sheet-without-part = 一张工作表没有对应的部件
damage-sheets-of-one-part = 两张工作表使用同一部件
damage-no-part = 缺少部件 { $name }
damage-claimed-texts = 声明的共享文本数量超出其容量
damage-table-of-texts = 文本表过短，或分段过多
damage-nesting = 元素嵌套过深
damage-number = { $name } 的值不是数字
damage-place = 一个单元格超出工作表的范围
damage-long-text = 一段文本超出单元格的容量
damage-unknown-error = 一个单元格含有未知的错误值
hint-workbook-save-again = 请用 Excel 或 LibreOffice 打开并重新保存；在此之前可作为普通文件收录。
hint-workbook-save-as-xlsx = 请用 Excel 或 LibreOffice 打开并另存为 xlsx；在此之前可作为普通文件收录。
hint-workbook-protected = 请用密码打开，并不设密码另存；在此之前可作为普通文件收录。
hint-workbook-stray-cells = 请删除工作表远端的多余单元格；在此之前该工作簿可作为普通文件收录。
hint-workbook-rename-sheet = 请重命名其中一张；在此之前该工作簿可作为普通文件收录。
hint-workbook-split = 请将其拆分为多个文件；在此之前可作为普通文件收录。
hint-workbook-header-row = 请指明标题所在的行；在此之前该工作簿可作为普通文件收录。
hint-workbook-shorten = 请缩短该行的文本；在此之前该工作簿可作为普通文件收录。
hint-export-again = 请重新导出该文件。
hint-rename-to-csv = 请将其改名为以 .csv 结尾；在此之前可作为普通文件收录。
hint-unpack = 请将其解压，或重新导出该工作簿；在此之前可作为普通文件收录。
worker-failed = 工作进程无法读取：{ $error }
worker-out-of-memory = 读取该文件的进程已中止，很可能是因为所需内存超过允许的 { $most } MiB
worker-ended = 读取该文件的进程过早结束（{ $status }）
worker-not-understood = 读取该文件的进程发来了无法理解的数据
worker-no-files = 工作进程不能发送文件 { $path }
record-no-open-table = 没有可写入该记录的表
hint-worker-memory = 请允许其使用更多内存，或用 Excel 或 LibreOffice 打开并重新保存；在此之前可作为普通文件收录。
hint-worker-replaced = 请检查程序在运行期间是否被替换；在此之前可作为普通文件收录。
hint-store-as-file = 可作为普通文件收录。

## SQLite 数据库与临时数据库

scratch-open = 打开
scratch-no-file = 创建临时文件
scratch-prepare = 初始化
scratch-create-table = 创建表
scratch-insert = 插入记录
scratch-add-file = 保存文件的名称
scratch-finish = 保存已载入的内容
scratch-list-tables = 列出其中的表
scratch-list-files = 列出其中的文件
scratch-read = 返回记录
scratch-find-table = 找到表
scratch-create-database = 创建
scratch-drop = 删除
scratch-not-created = 该表未创建
scratch-still-loading = 仍在载入
scratch-cells = 记录的单元格数与列数不符
scratch-digest = 摘要的格式有误
scratch-not-empty = 数据库是新建的，却不为空
scratch-server-answer = 服务器返回了意外的内容
scratch-already-loaded = 已载入完毕
scratch-packet = 一条记录在语句中占 { $bytes }，而服务器最多接受 { $most }；需要调大其设置 max_allowed_packet
scratch-remains = { $database } 仍留在服务器上，需手动删除（{ $why }）
scratch-wide = 其记录的值多于服务器一次能返回的 { $most } 个
restored-remains = { $remains }；此前：{ $error }
restored-table-name = 表 { $table } 在数据库中的名称为 { $name }
restored-column-names = 表 { $table } 中有 { $count } 列改用了其他名称
restored-nan = SQLite 将 NaN 存为 NULL：共 { $count } 个单元格
database-damaged = 该数据库已损坏：{ $detail }
database-unreadable = SQLite 无法读取该数据库：{ $error }
database-definitions = SQLite 无法读取该数据库中的定义：{ $error }
database-large-record = 一条记录，或 SQLite 计算它所需的内存，超过单条记录允许读取的 { $most }
database-long-definitions = 定义的总长度超过允许读取的 { $most }
database-text-bytes = SQLite 统计某列有 { $counted } 字节文本，而给出了 { $given } 字节
database-odd-utf16 = UTF-16 文本的字节数为奇数
database-journal = 数据库旁的日志已损坏：它声明的页数多于实际页数
database-not-checked = SQLite 无法检查整个文件：{ $error }
database-table-not-checked = SQLite 无法检查表 { $table }：{ $error }
database-broken-rule = SQLite 的完整性检查发现规则或索引不符，但所有行都可读取：{ $detail }；REINDEX 可修复索引
no-database = 该文件已加密，或不是 SQLite 数据库：开头的内容不符
no-database-short = 该文件过短，不可能是 SQLite 数据库
virtual-table-of-module = 模块 { $module } 的虚拟表保留在数据库文件中；若它在其中存有数据，也保留在其背后的表中
virtual-table-of-missing-module = 模块 { $module }（此处没有该模块）的虚拟表保留在数据库文件中；若它在其中存有数据，也保留在其背后的表中
hint-database-damaged = 请从副本恢复，或用 sqlite3 的 .recover 命令保存剩余内容；在此之前可作为普通文件收录。
hint-database-other-program = 请用写入它的程序导出（例如导出为 CSV）；在此之前可作为普通文件收录。
hint-database-large-record = 请删除计算量过大的生成列和索引；在此之前可作为普通文件收录。
hint-database-check = 请用 sqlite3 的 integrity_check 检查该数据库；在此之前可作为普通文件收录。
hint-database-journal = 若没有该日志数据库仍然完整，请移走日志；在此之前可作为普通文件收录。

## Exports of SQL Server (.bacpac)

hint-bacpac-package = 请用 SqlPackage 或 Azure 门户重新导出该数据库；在此之前，可将此文件作为普通文件收录。
hint-bacpac-table = 原文件已在归档中。请再用其他方式导出该表，例如 CSV。
bacpac-xml = { $file } 无法读取：{ $detail }
bacpac-unexpected = 其定义不符合 SQL Server 工具的写法：{ $what }
bacpac-large-model = 其定义之大超过任何已知的数据库
bacpac-table-twice = 表 { $table } 被定义了两次
bacpac-member-twice = 其中 { $name } 出现了两次
bacpac-no-member = 其中没有 { $name }
bacpac-closed-member = { $name } 无法解压：{ $why }
bacpac-no-checksum = Origin.xml 中没有 model.xml 的校验值
bacpac-other-model = model.xml 在导出之后被改动：与 Origin.xml 中的校验值不符
bacpac-without-data = 该数据包只含定义，没有记录（.dacpac）；定义已随文件收录
bacpac-no-list = 缺少数据分片清单（_rels/.rels），因此无法得知是否缺少分片
bacpac-total = 导出声明共有 { $stated } 条记录，而各表实有 { $held } 条
bacpac-missing-parts = 缺少 { $count } 个数据分片，因此缺少记录；第一个是 { $first }
bacpac-unlisted-parts = 有 { $count } 个数据分片不在数据包的清单中；其记录已收入表中
bacpac-contradictory-list = 数据分片清单把它的一个分片归到了另一个表
bacpac-unknown-table = 定义中没有这个表，但数据包中有它的数据
bacpac-unknown-type = 未知的类型 { $name }
bacpac-unknown-column = 有一列属于未知的种类：{ $kind }
bacpac-column-twice = 有两列同名
bacpac-number-of-columns = 它有 { $count } 列，归档无法容纳
bacpac-encoded = 列 { $column }：类型 { $kind } 的值按 SQL Server 的字节保存
bacpac-part-ends = 数据在一条记录中间结束
bacpac-wrong-length = 有一个值的长度不符合其类型：{ $bytes } 字节
bacpac-wrong-value = 有一个值不属于其类型
bacpac-odd-text = 有一段文本的字节数为奇数
bacpac-large-record = 有一条记录超过上限 { $most }
hint-no-database = 若写入它的程序能另存未加密的副本，请导出该副本；在此之前可作为普通文件收录。

## 与数据源、合计、主键和引用关系的核对

joined-by-semicolon = { $one }；{ $next }
total-no-table = 需要核对表 { $table } 的合计，但归档中没有此表
total-no-column = 需要核对列“{ $column }”的合计，但表中没有此列
total-no-tables = 归档中没有任何表
total-tables = 归档中的表：{ $names }
total-columns = 表中的列：{ $names }
names-and-others = { $count ->
    [0] { $names }
   *[other] { $names }，另有 { $count } 个
}
total-rows = 表的记录数不同
total-sum = 列“{ $column }”的合计不同
total-no-numbers = 列“{ $column }”中有 { $count } 个单元格不是普通的十进制数，未计入合计

against-table = 与数据源当前状态相比：{ $difference }
against-left-out = { $count ->
    [0] 由于导出时略过了表，未比较表的定义
   *[other] { $count } 个表因导出时被略过而未比较；其定义也未比较
}
against-file-gone = 数据源中已没有此文件
against-file-new = 数据源中有此文件，归档中没有
against-file-changed = 此文件在数据源中已有变化

restored-no-table = 恢复出的数据库中没有此表
restored-rows = 恢复出的表的记录数不同
restored-digest = 恢复出的表的记录不同
restored-counts = 恢复出的表的列 { $column } 中单元格的类型不同
restored-content-id = 由恢复出的数据库重新计算的内容标识不同
key-declared = 数据库声明的主键（{ $columns }）
key-given = 用户指定的主键（{ $columns }）
key-inferred = 推断的主键（{ $columns }）
key-repeated = { $key }有重复：{ $all } 条记录中有 { $count } 条，首见于第 { $first } 条记录
key-missing = { $key }在 { $all } 条记录中有 { $count } 条缺失（为空值、空文本或表示空值的文本）
one-or-other = { $one } 或 { $other }
reference-not-exported = 列 { $columns } 引用的 { $targets } 不在归档中
reference-no-key = 列 { $columns } 引用的 { $targets } 没有这样的主键，因此未作查找
reference-no-table = 本次导出中没有任何表包含列 { $columns } 所指的记录：{ $count } 个标识
reference-none = 列 { $columns } 中的 { $all } 个标识，没有一个对应 { $targets } 的记录
part-other-header = { $part } 的表头与 { $first } 不同，因此没有合并；只有其中一个文件才有的列：{ $columns }
reference-orphans = 列 { $columns } 的 { $all } 个值中有 { $count } 个在 { $targets } 中没有对应的记录；首见于第 { $records } 条记录

## 恢复

file-differs = 文件无法逐字节还原
file-not-rebuilt = 文件无法逐字节还原：{ $error }
record-before-table = 记录出现在其所属的表之前
table-incomplete = 该文件含有此表 { $all } 条记录中的 { $count } 条，其余缺失
restored-under-another-name = 已改用其他名称还原：{ $name }
members-left-out = 有 { $count } 个成员不完整，未予取出
count-bytes = { $count } 字节
kept-unchecked = { $kept }，均无校验和可核对
kept-partly-unchecked = { $kept }，其中最后 { $count } 个无校验和可核对
member-to-its-end = 该成员已取至结尾：{ $kept }
member-beginning = 该成员只剩开头部分：{ $kept }
chunks-unreadable = 有 { $count } 个 64 KiB 的加密块无法读取
salvage-database = 受损归档中仍完好的部分只能恢复到文件夹，不能恢复到数据库
hint-salvage-database = 请恢复到新的文件夹；其中的表为 CSV 文件。
restored-without-files = 数据库不含文件：如需文件，请恢复到文件夹
restored-joined = 有 { $count } 个分成多个部分的表恢复为一个表：{ $names }
restored-plain = SQLite 数据库（{ $sources }）中的表恢复为普通的表，不带类型、主键、索引、视图和触发器：如需数据库本身，请还原原始文件
restored-unreadable = 恢复出的数据库无法读取：{ $why }
restored-more-tables = 恢复出的数据库中有此表，归档中没有
joined-names = { $one }、{ $next }
joined = { $one }，{ $next }
count-triggers = { $count } 个触发器
count-views = { $count } 个视图
count-virtual-tables = { $count } 个虚拟表
restored-objects = 与其数据源一样，该数据库含有{ $objects }：使用数据库时 SQLite 会运行它们，其作用未经检查；请以 PRAGMA trusted_schema=OFF 打开，并在更改之前查看 sqlite_schema

## 导出、历史记录和指标

table-without-records = 表 { $table } 中没有记录；如果 CRM 中有记录，请重新导出
source-without-table = 其中没有任何内容，因此没有表；如果 CRM 中有数据，请重新导出
history-too-long = 历史记录 { $path } 超过 { $limit } MiB 的上限
history-line = 历史记录 { $path } 第 { $line } 行{ $why }
history-line-too-long = 比任何写入的行都长
history-line-torn = 不完整：没有行结束符
history-line-not-first = 不是最初写入的第一行：其前的行已缺失
history-line-out-of-order = 与前一行不相连：有行被删除、插入或移动
history-line-foreign = 不是历史记录的行
history-line-changed = 在写入后被改动
history-line-version = 的版本为 { $version }，本程序只能读取版本 { $known }
history-line-limit = 历史记录的一行将有 { $bytes } 字节，超过 { $limit } 字节的上限
history-command = 历史记录不收录 { $command }
hint-history-command = 历史记录只收录导出和恢复测试。
history-later-export = 历史记录中有以此归档名称进行的更晚的导出
history-other-archive = 历史记录中同名的是另一个归档
history-other-name = 历史记录中此归档的名称为 { $name }
shrunk-no-table = 上次导出（{ $when }）中有此表，而此次没有
shrunk-table = 此表的记录数不到上次导出（{ $when }）的 { $percent }%
shrunk-column = 列“{ $column }”的空单元格比上次导出（{ $when }）多出许多
shrunk-files = 文件数不到上次导出（{ $when }）的 { $percent }%
history-without-tables = 此次导出的表太多，无法全部写入历史记录，因此下次导出无从与其比较
history-unknown-archive = 历史记录中没有此归档的导出
metrics-foreign = 这不是本程序写入的指标文件
hint-metrics-foreign = 请换用其他文件；如果没有程序需要此文件，也可以将其删除。
metrics-too-long = 指标文件 { $path } 超过 { $limit } MiB 的上限，未作改动
restore-too-slow = 恢复所用时间超过上限
archive-from-the-future = 归档的创建时间在未来，或本机时钟有误
archive-too-old = 归档的时间早于允许的期限
not-a-regular-file = 它不是普通文件
hint-regular-file = 请给出普通文件。
not-replaced-source = 它是数据源或位于数据源文件夹中，或是本次运行的其他文件
not-replaced-foreign = 它不是导出所写的文件
not-replaced-no-archive = 它不是归档文件
not-replaced-keys = 它可能是加密的身份文件，密钥从不覆盖
sidecar-differs = 归档旁的 .sha256 文件与归档的字节不符
other-content-id = 归档的内容与预期不同
not-an-archive-folder = 它是文件夹
not-an-archive-pipe = 它是管道或设备，而归档须从末尾读起：请先保存为文件
sealed-bytes-differ = 归档的字节与写出时不同
read-back-differs = 磁盘上的内容与写出的归档不同
archive-replaced = 归档在测试之后已被另一个归档替换
no-folder-sync = 文件夹 { $folder } 的目录项无法强制写入磁盘；如果随后一分钟内断电，请检查新文件是否存在
no-locks = 文件夹 { $folder } 中的文件无法锁定；请勿让两次运行同时写入同一名称
no-exclusive-rename = { $folder } 所在的文件系统不支持不覆盖的重命名；已在重命名前确认没有同名文件
pattern-without-match = { $pattern } 没有匹配任何名称

## Completeness

ids-rounded = 列 { $column } 中有 { $count } 个单元格是 1.23E+17 这样的指数形式数字：导出之前已被电子表格软件舍入，首见于第 { $first } 条记录；请从 CRM 重新导出
ids-perhaps-rounded = 列 { $column } 中有 { $count } 个单元格是 1.23E+17 这样的指数形式数字，首见于第 { $first } 条记录；若该列存放标识，则它们在导出之前已被电子表格软件舍入
ids-with-tab = 列 { $column } 中有 { $count } 个单元格以制表符结尾（导出程序会在长数字后添加），首见于第 { $first } 条记录
cell-at-limit = 列 { $column } 中有 { $count } 个单元格恰好含有 { $limit } 个标识，这是此 CRM 每个单元格的导出上限，可能有遗漏；首见于第 { $first } 条记录
embedded-undecodable = 列 { $column } 中有 { $count } 个单元格应含 base64 文件，但为空或无法解码；首见于第 { $first } 条记录
records-not-live = 根据列 { $column }，有 { $count } 条记录在 CRM 中已删除或停用；首见于第 { $first } 条记录
links-die = 列 { $column } 中有 { $count } 个单元格含有仅在账号存续期间可打开的链接；首见于第 { $first } 条记录
undecided-links = { $table } 的列 { $column } 中链接所指的文件不在导出中；请在关闭账号之前下载
numbers-missing = 缺少 { $count } 个文件：{ $names }；文件名按序编号，例如 { $first }
table-at-limit = 该表恰好有 { $count } 条记录（工具常在此处截断文件），且没有后续文件：可能缺少记录
part-not-full = { $part } 有 { $count } 条记录，且不是该表的最后一个文件，但此 CRM 在满 { $limit } 条记录后才开始下一个文件：缺少记录
record-describes-columns = 第 1 条记录是对各列的说明，不是 CRM 的记录
title-as-header = 表头只有一个标签，可能是标题：真正的列名可能在下一行
header-repeated = 有 { $count } 条记录重复了表头，不是 CRM 的记录；首见于第 { $first } 条记录
totals-at-end = 最后一条记录（第 { $record } 条）是合计，不是 CRM 的记录
same-tables = 记录完全相同的表：{ $names }；可能同一个文件导出了两次
gap-no-records = 导出中没有任何记录
gap-missing-records = 来源中缺少记录
attachments-missing = 列 { $columns } 指出的 { $all } 个文件中缺少 { $count } 个，应为 { $pattern }；首见于第 { $records } 条记录
undecided-profile-none = 没有使用任何 CRM 的配置档案，因此不知道此 CRM 会导出哪些表和文件
undecided-no-profile = 没有适合此导出的配置档案，因此不知道此 CRM 会导出哪些表和文件
undecided-references = 没有检查表之间的引用
undecided-not-read = 有 { $count } 个文件或表没有读取，其中可能含有记录
undecided-late = 从数据流中读取部分表之后才识别出 CRM，其配置档案中的规则没有应用于这些表；请先把数据流存为文件
undecided-other-crm = 此导出中没有任何内容与所给配置档案 { $title } 相符
undecided-other-profiles = 有些文件像是另一个 CRM 的导出，没有按其规则检查；请把每个 CRM 的导出放入各自的文件夹
undecided-unknown-attachments = 不知道 { $title } 如何导出附件，因此没有检查附件；请下载附件并人工抽查
undecided-unknown-references = { $title } 的这些表以名称而不是 ID 指向其他记录，因此没有检查引用
undecided-ids = 有 { $count } 列的名称像是记录的 ID，但导出中没有任何表含有这些记录
undecided-rules = 配置档案中有 { $count } 条规则涉及导出中没有的表或列；请导出它们，或者在 CRM 确实没有此类记录时把预期数量写为 0
undecided-files = 有 { $count } 个文件不属于配置档案中的任何规则，因此不知道是否还缺少其他文件
undecided-users = 没有任何表包含这些列所指的用户；许多 CRM 不导出用户
undecided-totals = 有 { $count } 个表没有给出记录数；请与 CRM 核对
required-empty = 列 { $column } 按第一条记录为必填，但有 { $count } 条记录没有值；首见于第 { $first } 条记录
attachments-differ = 有 { $count } 个文件的内容与其名称所示的 SHA-1 不符：{ $names }；请从 CRM 的文件存储中重新复制
log-without-database = 这是 SQLite 日志，但旁边没有对应的数据库 { $database }，其中的记录无法单独读取；请在同一时刻（最好没有程序在使用时）复制这两个文件，然后重新导出
attachments-spare = 有 { $count } 个 { $pattern } 这样的文件没有任何记录指向，附件的记录可能有缺失

complete-gaps = 完整性：有缺失。有 { $count } 项结果表明导出中缺少内容。
complete-unknown = 完整性：无法判断。有 { $count } 项无法判断，因此导出可能不完整。
complete-complete = 完整性：完整。此 CRM 的各项规则均成立，且每个表的记录数都与预期一致。
completeness = 完整性
completeness-answer = { $answer ->
    [complete] 完整
    [gaps] 有缺失
   *[unknown] 无法判断
}
findings-gaps = 缺失：导出中缺少的内容
undecided = 无法判断：导出是否完整
profile = CRM 的配置档案
profile-none = 没有使用配置档案。
profile-crm = CRM
profile-folder = {"，用于文件夹 "}
profile-by = 依据
profile-given = 由用户指定
profile-assumes = 假定
joined-title = 由多个部分组成的表
joined-of = 各部分的名称
joined-parts = 部分数
inferred-name-and-values = 由名称和值推断
inferred-name = 仅由名称推断
inferred-values = 仅由值推断

## SQL 转储

hint-dump = 请重新制作转储；在此之前可将其作为文件保存。
hint-dump-table = 转储本身已在归档中。请另以其他方式导出此表，例如 CSV。
dump-unknown-dialect = 无法确定此 SQL 属于哪种数据库
dump-damaged-compression = 压缩数据已损坏：{ $detail }
dump-unpacks-to-much = 解压后超过上限 { $most } MiB；可能是恶意文件
dump-large-schema = 其定义大于任何已知数据库
dump-many-tables = 其表超过 { $most } 个
dump-without-records = 转储只含定义，没有记录；定义随文件保存
dump-cut = 转储在结束标记之前中断，可能被截断，或写入它的程序失败：可能缺少记录和表
dump-cut-table = 转储在此表的记录中间中断
dump-rolled-back = 转储以 ROLLBACK 结尾：写入它的程序遇到错误，可能缺少记录
dump-other-file = 转储引用了其他文件，这些文件未读取
dump-large-objects = 大对象仅保存在转储中
dump-undefined = 没有定义，且 INSERT 语句未列出列名
dump-undefined-types = 转储中没有此表的定义：整数按整数保存，其他值按文字保存
dump-defined-late = 其定义在记录之后
dump-defined-twice = 被定义了两次
dump-table-form = 其定义的形式未知
dump-changed-columns = 其列在定义之后被更改
dump-changed-records = { $statement } 更改了其记录
dump-number-of-columns = 有 { $count } 列，归档无法容纳
dump-column-twice = 两列同名
dump-unknown-column = 语句中的列 { $column } 不在其定义中
dump-omitted-columns = 语句未列出的列按空值保存
dump-few-values = 一条记录有 { $count } 个值，应为 { $expected } 个
dump-many-values = 一条记录的值多于 { $expected } 个
dump-insert-form = 其记录由形式未知的语句插入
dump-copy-form = 其记录由形式未知的语句复制
dump-expression = 有一个值是表达式，只有数据库能计算
dump-wrong-value = 有一个值不属于其类型
dump-wrong-escape = 有一个值含有 PostgreSQL 不会写入的反斜杠
dump-large-record = 有一条记录超过上限 { $most }
dump-unknown-charset = 字符集 { $charset } 未知
dump-invalid-text = 有一段文字在 { $charset } 中无效
dump-mixed-records = 其记录与许多其他表的记录混在一起

## 服务器上的数据库

server-no-connection = 无法连接 { $server }：{ $why }
scratch-left-behind = { $count ->
   *[other] 服务器上留有以前的测试未删除且看不到连接的数据库：{ $names }。如果那里没有其他测试正在运行，请用 DROP DATABASE 逐个删除
}
hint-scratch-privilege = 该用户必须有权创建数据库。PostgreSQL：ALTER ROLE USER CREATEDB。MySQL：GRANT ALL ON `crm\_backup\_scratch\_%`.* TO USER。
hint-server-no-connection = 请检查地址，以及服务器现在是否接受连接。
hint-server-login = 请检查用户和密码。密码可用 --password-file FILE 给出；PostgreSQL 也可用 PGPASSWORD 或 PGPASSFILE，MySQL 也可用 MYSQL_PWD。若 MySQL 用户必须加密连接，请在地址后加 ?sslmode=require。
hint-server-access = 若服务器要求加密连接，请在地址后加 ?sslmode=verify-full；证书为服务器自签时再加 sslrootcert=FILE。否则请检查用户：服务器须允许该用户从本机连接此数据库（PostgreSQL：pg_hba.conf；MySQL：用户的主机部分和 GRANT）。
hint-server-no-database = 请检查地址末尾的数据库名。
hint-server-encryption = 请检查地址中的 sslmode：disable 不加密，require 不检查证书。若证书是服务器自签的，请在地址中以 sslrootcert=FILE 给出。
hint-server-no-answer = 请检查主机和端口。{ $place } 处没有此类服务器应答；服务器须在运行，并接受来自本机的连接。
server-failed = 服务器中止了工作：{ $why }
hint-server-failed = 未保存任何内容。请重新运行；无法读取的表可用 --table 只选其余各表来略过。
server-value = 有一个值不属于其类型
hint-server-value = 请报告此问题并附上该列的类型。在此之前，可用 --table 只选其余各表。
hint-server-table = 请用 --table 只选其余各表，并以其他方式导出此表。
server-no-such-table = 没有名称匹配 { $pattern } 的表
hint-server-no-such-table = 模式是表名，如 accounts，或带架构名的 sales.accounts；* 和 ? 匹配任意字符。
server-foreign-table = 其记录在另一台服务器上
server-may-not-read = 此用户无权读取
server-row-security = 行级安全策略对此用户隐藏了记录
server-hidden-tables = 此用户只能读取个别表，因此无法得知数据库中是否还有其他表
source-server = 其记录来自数据库服务器
address-scheme = 数据库地址以 postgres:// 或 mysql:// 开头
address-database = 地址中没有数据库名：地址应以 /DATABASE 结尾
address-password = 地址中含有密码，本机其他用户可以看到
hint-address-password = 请去掉密码，改用 --password-file FILE；PostgreSQL 也可用 PGPASSWORD 或 PGPASSFILE，MySQL 也可用 MYSQL_PWD。
address-sslrootcert = sslrootcert 只用于 sslmode=verify-full；其他模式不检查证书
address-sslmode = 未知的 sslmode={ $value }；可用 disable、prefer、require 或 verify-full
address-parameter = 地址中有未知的参数；可用 sslmode、sslrootcert 和 socket
address-brackets = 地址中有未闭合的方括号
address-port = 地址中的端口不是 1 到 65535 的数字
address-encoding = 地址中的百分号不是有效的编码
hint-address = 地址形如 postgres://user@host:5432/database?sslmode=verify-full 或 mysql://user@host:3306/database；可用参数为 sslmode、sslrootcert 和 socket。
address-certificates = { $file } 中没有可用的证书
hint-address-certificates = 请给出 PEM 格式的证书文件。

# 关于服务器上的数据库的说明。
kept-split = { $table } 的列数超过服务器允许的上限；其余的列在旁边的表中，以记录号 n 对应
kept-mixed = { $table } 的某些列有多种类型的值；其他类型的值在旁边的列中，如 name (text)
kept-nul = { $table } 中含有 NUL 字符或不是 UTF-8 的文本无法存入该服务器，因此缺失
kept-types = { $table } 有 { $count } 列使用通用类型，而不是来源声明的类型：{ $columns }
kept-without = { $table } 没有 { $constraint }：{ $why }
kept-without-targets = { $table } 有 { $count } 个引用因所指的表没有恢复而略去
restored-definitions = 未建立默认值、约束条件、索引、视图以及来源的其他定义；这些定义在归档的 { $files } 中
hint-kept-exists = 请写上一个尚不存在的数据库名。
kept-exists = 数据库 { $database } 已存在
kept-no-database = 地址须指明一个新数据库，且只能恢复表
hint-kept-no-database = 请写上一个尚不存在的数据库名，如 postgres://user@host/crm_restored；原始文件和损坏的归档请恢复到文件夹。
kept-other-server = 恢复只能新建 PostgreSQL 和 SQLite 数据库
hint-kept-other-server = 请恢复到文件夹后载入其中的 CSV 文件，或用 restore-test 的 --scratch 在此服务器上验证恢复。
