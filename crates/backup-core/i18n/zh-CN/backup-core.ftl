## 计数

count-records = { $count } 条记录

## 步骤

step-export = 导出
step-read-back = 读回
step-verify = 校验
step-restore = 恢复
step-prove = 读回比对
step-compare = 与数据源比对
step-totals = 合计核对
step-keys-and-references = 主键与引用检查

## 通过的检查（数量显示在旁边）

check-sealed-bytes = { $count ->
   *[other] 封存字节已计算校验和
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
   *[other] 表和文件与数据源当前状态一致
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
skipped-unread = { $carried ->
    [true] { $error }；未能读成表，已作为普通文件逐字节收录。{ $hint }
   *[other] { $error }；导出会在此中止。{ $hint }
}
skipped-no-checksum = { $path }：用于比对的文件不存在。
skipped-bad-checksum = { $problem ->
    [not-a-file] { $path }：不是普通文件。
    [too-long] { $path }：比任何 .sha256 文件都长。
   *[other] { $path }：开头不是 SHA-256 校验和。
}
skipped-checksum = 归档旁的 .sha256 文件未能比对：{ $error }。
skipped-unreadable-now = { $source }：其当前状态无法读取，因此未比对：{ $error }。
skipped-ambiguous = { $file ->
    [true] 文件 { $name } 未比对：同名者有多个，无法区分；请按导出时的顺序给出相同的数据源。
   *[other] 表 { $name } 未比对：同名者有多个，无法区分；请按导出时的顺序给出相同的数据源。
}
skipped-other-columns = 表 { $table } 的记录未比对：其列现已不同。
skipped-sources = 未与数据源当前状态比对：{ $error }。
skipped-totals = 合计未能核对：{ $error }。
skipped-as-archive-failed = 归档本身未通过检查
skipped-ambiguous-total = 表 { $table } 的合计未核对：有多张表使用该名称；请指明是哪一张，例如 { $example }。
skipped-relations = { $schema ->
    [true] 主键与引用关系以及所给模式的内容未能检查：{ $error }。
   *[other] 主键与引用关系未能检查：{ $error }。
}
skipped-keys-of-table = 另有 { $count } 项主键和引用关系未检查（表 { $table }）：数目过多。
skipped-schema-table = 所给模式中的表 { $table } 不在归档中。
skipped-schema-columns = 所给模式中表 { $table } 的列 { $columns } 不在该表中。
skipped-schema-words = 所给模式对表 { $table } 的下列要求未检查：{ $words }。
skipped-key-columns = 表 { $table } 的主键未检查：没有列 { $columns }。
skipped-reference-columns = 表 { $table } 的引用关系未检查：没有列 { $columns }。
skipped-reference-no-table = 表 { $table } 对表 { $target } 的引用关系未检查：后者不在归档中。
skipped-reference-no-columns = 表 { $table } 对表 { $target } 的引用关系未检查：后者没有列 { $columns }。
skipped-reference-too-many-keys = 表 { $table } 对表 { $target } 的引用关系未检查：后者的主键过多。
skipped-lost = { $source } 无法逐字节还原。英文详情：{ $why }.
skipped-not-rebuilt = { $source }：未重建。
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
ledger-lock-file = Excel 等程序留下的锁定文件不予收录
ledger-within-zip = 该成员只保留在 ZIP 文件中
ledger-hidden-sheet = 该工作表在工作簿中隐藏，仍作为表收录
ledger-wal-index = SQLite 的日志索引文件不予收录
ledger-member-names = ZIP 成员的名称不是 UTF-8 且未注明编码，已按推断的编码读取
ledger-unlisted-bytes = 不属于任何成员的字节只保留在 ZIP 文件中
ledger-rows-above-header = 标题行以上的内容不在表中，只保留在原始文件中
ledger-padded-header = 标题行短于最长的记录：已补充无标签的列
ledger-blank-lines = 记录之间的空行不予保留
ledger-padded-records = 短于最长记录的记录已用空值补齐
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
ledger-not-a-worksheet = 非工作表（如图表）只保留在工作簿中
ledger-empty-sheet = 没有任何值的工作表只保留在工作簿中
ledger-internal-table = SQLite 的内部表不作为表收录
ledger-virtual-table = 虚拟表只保留在数据库文件及其背后的表中
ledger-no-order = 表中没有可确定记录顺序的内容；按 SQLite 的存放顺序读取
ledger-generated-column = 本 SQLite 无法计算的生成列未收录
ledger-lone-surrogate = 不是有效 UTF-16 的文本以通用 UTF-8 的字节保存

## 位置

comma = ，
colon = ：
at-table = 表 { $table }
at-record = 第 { $record } 条记录
at-line = 第 { $line } 行
at-column = 第 { $column } 列
at-byte = 第 { $byte } 字节（从 0 起）
at-path = 文件 { $path }

## 错误

error-detail = { $what }。英文详情：{ $detail }
error-at = { $place }：{ $what }
error-caused = { $what }：{ $cause }
error-io = 无法{ $doing }
error-needs-passphrase = 给出的密钥不能解开本归档：它是以口令封存的
error-no-key-fits = 给出的密钥都不能解开本归档：它是为其他密钥封存的
error-wrong-passphrase = 口令不能解开本归档
error-not-an-archive = 这不是归档文件。英文详情：{ $why }
error-key = 密钥或口令无法使用
error-work-factor = 口令的工作因子为 { $found }，需要 { $memory } 内存，超过所允许的 { $most }
error-source = 文件无法按要求读取
error-option = 选项的值无法使用
error-moved = 数据源在读取过程中发生了变化
error-record = 记录与其所在的表不符
error-exists = { $path } 已存在，不予覆盖
error-locked = 另一个运行正在写入 { $path }，等待 { $seconds } 秒后仍未结束
error-not-replaceable = { $path } 不予覆盖。英文详情：{ $why }
error-not-flushed = { $path } 已完整写出，但其名称可能尚未写入磁盘
error-after-publishing = 归档 { $path } 完好，但其后的步骤失败
error-limit = 超出格式或设置所允许的限度
error-not-there = 归档中没有所要的表或文件：{ $what }
error-scratch = 数据库拒绝了操作。英文详情：cannot { $doing }: { $why }
error-cancelled = 已中断
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
operation-lock = 锁定 { $path }
operation-keep = 保留 { $path }
operation-remove = 删除 { $path }
operation-replace = 替换 { $path }
operation-start = 启动 { $path }
operation-start-thread = 启动线程 { $path }
operation-send-records = 传送读取的内容 { $path }

os-not-found = 找不到文件或文件夹
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
hint-key = 请给出封存本归档时所用密钥的身份文件。
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
totals-not-utf8 = 合计清单应为 UTF-8 编码，此文件不是
totals-too-many-lines = 合计清单最多 10,000 行
totals-empty = 清单中没有任何合计
totals-quotes = 合计清单中有引号没有闭合
totals-columns = 表头中有 table、rows、column、sum 以外的列，或有重复的列
totals-header = 表头不是合计清单的表头
totals-cells = 合计清单中有一行的单元格多于表头
totals-table = 合计清单中有一行没有表名
totals-rows = 合计清单中有一行的记录数不是整数
totals-sum = 合计清单中有一行的合计不是普通的十进制数
totals-half = 合计清单中有一行有列而无合计，或有合计而无列
totals-nothing = 合计清单中有一行既无记录数也无合计
hint-totals = 表头为 table,rows 或 table,rows,column,sum；数字不加分隔符，如 1234.50。

## 所给模式

schema-too-long = 所给模式超过 16 MiB
schema-not-utf8 = 所给模式不是 UTF-8 编码
schema-form = 所给模式不是 Frictionless 数据包（第 { $line } 行，第 { $column } 列）
schema-empty = 所给模式未说明任何表：没有字段、主键，也没有引用关系
schema-twice = 所给模式中表 { $table } 出现了两次
schema-reference = 所给模式中，表 { $table } 对表 { $target } 的引用关系两边列数不同（{ $columns } 和 { $target_columns }）
hint-schema-form = 须有 "resources"，其中每一项都有 "name" 和直接写在其中的 "schema"。
hint-schema = 请修正该数据包；尚未作任何检查。

## 标签与标题

title-export = 导出报告
title-verify = 校验报告
title-restore-test = 恢复测试报告
title-other = 归档报告
page-contents = 本页内容
page-footer = 本页供人阅读。页面只给出记录编号，不含任何单元格内容或密钥，也不加载或运行任何外部内容。
verdict = 结论
no-verdict = 没有结论（error）
all-archives = 全部归档
error-reason = 原因：
error-hint = 建议：
error-nothing-known = 本次运行未能得知该归档能否恢复。不能将本页当作证明。
original-message = 原文：
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
role-unparsed = 未能读成表
role-schema = 数据库定义
sources = 数据源
read-as = 读取方式
recovery = 如何逐字节还原
recovery-recipe = 由表重建（导出时已证实可行）
recovery-kept = 与表一并整体保存
recovery-within = 随所在文件整体保存
recovery-none = 无法逐字节还原
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
total-of = 合计项
crm-figure = CRM 所示
restored-figure = 恢复结果
agrees = 是否相符
not-numbers = 非数字单元格
against = 与数据源当前状态比对
difference = 差异
yes = 是
no = 否

by-hand = 如何手工复核
by-hand-means = 归档仅由公开标准构成。以下命令只需 age、zstd、tar 和 sha256sum，不需要生成本报告的程序。请在归档所在的文件夹中运行；key.txt 为密钥文件。
by-hand-sum = 核对封存文件是否就是当初写出的文件（使用随归档写出的 .sha256 文件）：
by-hand-open = 解开到新文件夹（若以口令封存，请去掉 -i key.txt）：
by-hand-bag = 核对解出的每个文件：
by-hand-ids = 第一个校验和应等于上文的内容标识，第二个应等于归档标识：
by-hand-table = 某个表的摘要（在 data/tables 下该表的文件夹中运行；文件夹以表名命名，否则见上文表的列表，或 data/datapackage.json 中的 "path"）：
by-hand-restore-test = 使用本程序执行恢复测试：
by-hand-again = 使用本程序重新执行同样的检查（请在当时运行的文件夹中执行；历史记录、人员姓名和工单已略去，请另行填写）：

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
verdict-intact = 封存完好（intact）
verdict-unverified = 未能证实（unverified）
verdict-failed = 未通过（failed）
no-records = 没有任何记录
meaning-unreadable = 归档中有无法读取的部分，其内容清单也因此无法读取：尚可读取的内容在文件夹 unproven 中，且无从证实。该文件夹旁的 SALVAGE.txt 说明如何使用。
meaning-cut-short = 归档的结尾及其内容清单已缺失：尚可读取的内容在文件夹 unproven 中，且无从证实。该文件夹旁的 SALVAGE.txt 说明如何使用。
meaning-damaged = 归档已损坏：仍然完好的部分已恢复，缺失部分见发现事项及文件夹中的 SALVAGE.txt。
meaning-another = 这不是所要求的归档；未恢复任何内容。
meaning-nothing-restored = 归档与封存时不一致；未恢复任何内容。
meaning-failed = 存在问题；具体见发现事项。
meaning-unverified = 未发现问题，但并非所有内容都已检查。
meaning-intact = 封存的字节与写出时一致；未查看其中内容。
meaning-restored = 已载入数据库并重新读出：每个单元格和文件都与封存时一致。
meaning-exported = 已从磁盘重新读出：每个字节、摘要和计数都与封存时一致。
meaning-proven = 每个字节、摘要和计数都与封存时一致。
explained-restored = 本归档已被完整恢复过一次：全部内容载入一个临时数据库（用后即弃），再从中读出并与封存时的内容逐一比对，没有任何差异。所用密钥能够打开本归档。
explained-exported = 归档写出后，先从磁盘完整读回、解开并检查，然后才获得正式文件名。尚未恢复到数据库中：这由恢复测试完成，届时应使用实际保管的密钥。
explained-proven = 归档已被解开并完整读取，与封存时记录的所有校验和及计数一致。未恢复到数据库中：这由恢复测试完成。
explained-intact = 该文件与生成其 .sha256 文件时逐字节一致。本次检查未使用密钥，也未打开归档：因此不说明其中内容如何，也不说明是否有人能够打开。
explained-unverified = 这既不是通过，也不是未通过，不能当作证明：部分要求检查的内容未能检查，原因列于下文。
explained-another = 这不是预期的归档：其内容不同。请查找内容标识与预期一致的归档。
explained-sound = 归档本身已检查，与封存时一致；但对其提出的其他要求未能满足，详见下列问题。请先查明原因，再决定是否依赖本归档。
explained-failed = 在下列问题得到解释之前，请勿依赖本归档。如数据源仍在，请予保留，并查找本归档的其他副本。
source-equal = 数据源的当前状态与归档一致。
source-equal-in-part = 数据源当前状态中已比对的部分与归档一致。
no-verdict-export = 导出未能完成，因此没有结论。
no-verdict-restore-test = 测试未能进行，因此没有结论。
no-verdict-check = 检查未能进行，因此没有结论。
not-covered-content = 归档内部的内容：未打开归档。
not-covered-database = 能否载入数据库：由恢复测试检查。
not-covered-keys = 封存所用的密钥是否仍有人持有：需用实际保管的密钥做恢复测试。
not-covered-source = CRM 的当前状态：归档是与其封存时的记录比对，而未与数据源比对。
not-covered-crm = CRM 是否导出了其全部数据：请将记录数与 CRM 自身的统计核对。
not-covered-author = 归档由谁制作：持有公钥者均可制作归档。应以您自己留存的内容标识为准。
source-differs = 数据源的当前状态与归档有 { $places } 处差异。

## 发现事项：各代码的一般含义

finding-cut-short = 文件被截断，或其结尾不是封存时的结尾
finding-seal = 加密层未通过认证：封存的字节已被改动或损坏
finding-frame = 压缩帧或帧索引不符合格式
finding-member = 归档成员（tar）缺失、错位或不符合格式
finding-bag = BagIt 标签文件不符合格式
finding-manifest = 清单 datapackage.json 不符合格式
finding-version = 格式版本不是本程序能够读取的版本
finding-member-digest = 成员的内容与封存时不一致
finding-canonical = 表的文本不符合规范形式
finding-table-rows = 表的记录数与封存时不一致，或该表缺失
finding-table-digest = 表的内容（摘要或长度）与封存时不一致
finding-table-counts = 某列的单元格类型、空值数或长度与封存时不一致
finding-file-digest = 文件的内容与封存时不一致
finding-contents = 归档的实际内容与内容清单 contents.jsonl 不一致
finding-content-id = 内容标识不是预期的标识：这是另一个归档
finding-sealed-digest = 封存文件的字节与 .sha256 文件记录的不一致
finding-against = 数据源的当前状态与归档有差异
finding-age = 归档的创建时间超过了允许的期限
finding-restore-time = 恢复所用的时间超过了允许的时间
finding-history = 历史记录已被改动、缺行、错位或不完整
finding-source = 关于数据源自身数据的说明
finding-total = 合计与 CRM 界面所示不符
finding-key = 主键在数据源中就有重复或缺失
finding-reference = 引用指向不存在的记录，或所指的表不在归档中（数据源中即如此）
finding-file-system = 所写入的文件系统缺少某项功能
finding-misread = 读取程序给出的内容与文件本身不符，已作为普通文件收录

## 含义更具体的发现事项

detail-no-such-table = 归档中没有这个名称的表
detail-no-such-column = 表中没有这个名称的列
detail-other-number = 记录数与 CRM 界面所示不符
detail-other-sum = 某列之和与 CRM 界面所示不符
detail-no-numbers = 有单元格不是普通的十进制数，未计入合计
detail-key-repeated = 主键在数据源中就有重复的值
detail-key-missing = 主键在数据源中就有缺失（空值）
detail-target-not-exported = 引用所指的表不在归档中
detail-not-looked-up = 引用所指的表没有这样的主键，因此未作查找
detail-orphans = 引用指向不存在的记录（数据源中即如此）
detail-gone = 数据源中已不再有此项
detail-new = 数据源中新增了此项
detail-changed = 此项在数据源中已有变化
detail-guessed-encoding = 编码系推断得出，也可能是其他编码
detail-secret-key = 文件中有私钥：能打开归档的人都会得到它；请将其移到别处后重新导出
detail-long-numbers = { $count } 个单元格的整数超出工作簿能精确保存的范围，其末尾数字可能在导出之前已丢失
detail-shortened-numbers = { $count } 个单元格的文本像是被电子表格缩写的长数字（如 1.23E+17），其数字在导出之前已丢失
detail-lost-characters = { $count } 个单元格的文本含有无法读取的字符（U+FFFD），这些字符在导出之前已丢失，或本非 Unicode
detail-rescued = 已取出该表 { $of } 条记录中的 { $kept } 条，其余缺失
detail-runs = 此数据库与其数据源一样有{ $triggers } 个触发器、{ $views } 个视图和 { $virtual_tables } 张虚拟表：使用时 SQLite 会运行它们，其作用未经检查；请以 PRAGMA trusted_schema=OFF 打开，并在改动之前查看 sqlite_schema
finding-sentence = { $what }。
comma-of-names = 、
finding-no-tables = { $what }（归档中没有任何表）
finding-instead = { $others ->
    [0] { $what }；现有的名称：{ $names }
   *[other] { $what }；现有的名称：{ $names }，另有 { $others } 个
}

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
change-of-records = { $what } { $count } 条记录
change-of-columns = { $what } { $count } 列
change-more-records = { $what } { $count } 条记录
change-more-columns = { $what } { $count } 列

## 数据源的读取方式

source-encoding-mark = { $encoding }（带 BOM）
source-dates = 日期自 { $year } 年起
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

## What is wrong with an archive, a key, a record

not-found-table = 表 { $name }
not-found-file = 文件 { $name }
hint-not-found-table = 归档中有：{ $names }。
hint-not-found-file = 请列出归档的内容。

## Sources in general, files, folders

## CSV files

## ZIP files

## Workbooks

## SQLite databases, and the scratch database

## Checks against the source, totals, keys and references

## Restore

## Export, history, metrics

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
history-unknown-archive = 历史记录中没有此归档的导出
metrics-foreign = 这不是本程序写入的指标文件
hint-metrics-foreign = 请换用其他文件；如果没有程序需要此文件，也可以将其删除。
metrics-too-long = 指标文件 { $path } 超过 { $limit } MiB 的上限，未作改动
restore-too-slow = 恢复所用时间超过上限
archive-from-the-future = 归档的创建时间在未来，或本机时钟有误
archive-too-old = 归档的时间早于允许的期限
not-a-regular-file = 它不是普通文件
hint-regular-file = 请给出普通文件。
not-replaced-source = 它是数据源，或本次运行的其他文件
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
