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
check-definitions = { $count ->
   *[other] 数据库定义已读回并比对
}
check-rowids = { $count ->
   *[other] 表的行号（rowid）已读回并比对
}
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
check-values = { $count ->
   *[other] 值已按所给模式的类型检查
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
skipped-unproven-cut-short = 取出的内容在文件夹 unproven 中（表：{ $tables }，文件：{ $files }）：归档的结尾已缺失，无从得知原来还有什么。
skipped-unproven-no-list = 取出的内容在文件夹 unproven 中（表：{ $tables }，文件：{ $files }）：归档的内容清单无法读取，无从得知原来还有什么。
skipped-unread-at-export = { $source }：导出时未能读成表；其原始字节已收录。
skipped-unread = { $source }：未能读成表，已作为普通文件逐字节收录。英文详情：{ $error }. { $hint }
skipped-unreadable = { $source }：导出会在此中止。英文详情：{ $error }. { $hint }
skipped-no-checksum = { $path }：用于比对的文件不存在。
skipped-checksum-not-a-file = { $path }：不是普通文件。
skipped-checksum-long = { $path }：比任何 .sha256 文件都长。
skipped-checksum-none = { $path }：开头不是 SHA-256 校验和。
skipped-checksum = 归档旁的 .sha256 文件未能比对：{ $error }。
skipped-unreadable-now = { $source }：其当前状态无法读取，因此未比对。英文详情：{ $error }.
skipped-ambiguous-table = 表 { $name } 未比对：同名者有多个，无法区分；请按导出时的顺序给出相同的数据源。
skipped-ambiguous-file = 文件 { $name } 未比对：同名者有多个，无法区分；请按导出时的顺序给出相同的数据源。
skipped-other-columns = 表 { $table } 的记录未比对：其列现已不同。
skipped-sources = 未与数据源当前状态比对：{ $why }。
skipped-totals = 合计未能核对：{ $why }。
skipped-as-archive-failed = 归档本身未通过检查
skipped-ambiguous-total = 表 { $table } 的合计未核对：有多张表使用该名称；请指明是哪一张，例如 { $example }。
skipped-relations = 主键与引用关系未能检查：{ $error }。
skipped-relations-and-schema = 主键与引用关系以及所给模式的内容未能检查：{ $error }。
skipped-keys-of-tables = { $tables } 张表的部分主键未检查：所有表的主键合计过多。
skipped-keys-of-table = 另有 { $count } 项主键和引用关系未检查（表 { $table }）：数目过多。
skipped-schema-table = 所给模式中的表 { $table } 不在归档中。
skipped-schema-columns = 所给模式中表 { $table } 的列 { $columns } 不在该表中。
skipped-schema-words = 所给模式对表 { $table } 的下列要求未检查：{ $words }。
skipped-key-columns = 表 { $table } 的主键未检查：没有列 { $columns }。
skipped-reference-columns = 表 { $table } 的引用关系未检查：没有列 { $columns }。
skipped-reference-table = 表 { $table } 对表 { $target } 的引用关系未检查：后者不在归档中。
skipped-reference-target-columns = 表 { $table } 对表 { $target } 的引用关系未检查：后者没有列 { $columns }。
skipped-reference-keys = 表 { $table } 对表 { $target } 的引用关系未检查：后者的主键过多。
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

error-at = { $place }：{ $what }
error-caused = { $what }：{ $cause }
error-io = 无法{ $doing }
error-needs-passphrase = 给出的密钥不能解开本归档：它是以口令封存的
error-no-key-fits = 给出的密钥都不能解开本归档：它是为其他密钥封存的
error-wrong-passphrase = 口令不能解开本归档
error-not-an-archive = 这不是归档文件。英文详情：{ $why }
error-key = 密钥或口令无法使用。英文详情：{ $why }
error-work-factor = 口令的工作因子为 { $found }，需要 { $memory } 内存，超过所允许的 { $most }
error-source = 文件无法按要求读取。英文详情：{ $why }
error-option = 选项的值无法使用。英文详情：{ $why }
error-moved = 数据源在读取过程中发生了变化
error-record = 记录与其所在的表不符。英文详情：{ $why }
error-exists = { $path } 已存在，不予覆盖
error-locked = 另一个运行正在写入 { $path }，等待 { $seconds } 秒后仍未结束
error-not-replaceable = { $path } 不予覆盖。英文详情：{ $why }
error-not-flushed = { $path } 已完整写出，但其名称可能尚未写入磁盘
error-after-publishing = 归档 { $path } 完好，但其后的步骤失败
error-limit = 超出格式或设置所允许的限度。英文详情：{ $what }
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

