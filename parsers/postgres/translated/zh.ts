import { translations } from '../../../src/model/message.ts'

/** Chinese: the catalogue of PostgreSQL 15, where `lc_messages` chooses it. */
export default translations('postgres', {
  'all server processes terminated; reinitializing': '所有服务器进程已终止；正在重新初始化',
  'archive recovery complete': '归档恢复完毕',
  'configuration file "{file}" contains errors': '配置文件 "{file}" 包含错误',
  'consistent recovery state reached at {lsn:lsn}': '在 {lsn:lsn} 处达到一致的恢复状态',
  'could not connect to the primary server: {error}': '无法连接到主库: {error}',
  'could not locate a valid checkpoint record': '无法找到有效的检查点记录',
  'could not receive data from WAL stream: ERROR: requested WAL segment {segment} has already been removed':
    '无法从 WAL 流接收数据: 错误:  请求的 WAL 段 {segment} 已删除',
  'could not receive data from WAL stream: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    '无法从 WAL 流接收数据: 错误:  请求的起点 {lsn:lsn} 超前于此服务器的 WAL 刷盘位置 {flushed:lsn}',
  'could not receive data from WAL stream: {error}': '无法从 WAL 流接收数据: {error}',
  'could not start WAL streaming: ERROR: replication slot "{slot}" does not exist':
    '无法启动 WAL 流传输: 错误:  复制槽 "{slot}" 不存在',
  'could not start WAL streaming: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    '无法启动 WAL 流传输: 错误:  请求的起点 {lsn:lsn} 超前于此服务器的 WAL 刷盘位置 {flushed:lsn}',
  "could not start WAL streaming: ERROR: requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    '无法启动 WAL 流传输: 错误:  请求的起点 {lsn:lsn}（时间线 {timeline:int}）不在此服务器的历史中',
  "could not start WAL streaming: ERROR: requested timeline {timeline:int} is not in this server's history":
    '无法启动 WAL 流传输: 错误:  请求的时间线 {timeline:int} 不在此服务器的历史中',
  'could not start WAL streaming: {error}': '无法启动 WAL 流传输: {error}',
  'database system is ready to accept connections': '数据库系统已准备好接受连接',
  'database system is ready to accept read-only connections': '数据库系统已准备好接受只读连接',
  'database system is shut down': '数据库系统已关闭',
  'database system was interrupted; last known up at {time}': '数据库系统曾中断；上次已知运行时间为 {time}',
  'database system was not properly shut down; automatic recovery in progress': '数据库系统未正常关闭；正在自动恢复',
  'database system was shut down at {time}': '数据库系统上次关闭时间为 {time}',
  'database system was shut down in recovery at {time}': '数据库系统于 {time} 在恢复期间关闭',
  'entering standby mode': '正在进入备库模式',
  'highest timeline {timeline:int} of the primary is behind recovery timeline {current:int}':
    '主库的最高时间线 {timeline:int} 落后于恢复时间线 {current:int}',
  'invalid record length at {lsn:lsn}: wanted {wanted:int}, got {got:int}':
    '{lsn:lsn} 处的记录长度无效: 应为 {wanted:int}，实际为 {got:int}',
  'listening on Unix socket "{path}"': '正在监听 Unix 套接字 "{path}"',
  'new timeline {timeline:int} forked off current database system timeline {current:int} before current recovery point {lsn:lsn}':
    '新时间线 {timeline:int} 在当前恢复点 {lsn:lsn} 之前就从当前数据库系统的时间线 {current:int} 分叉',
  'new timeline {timeline:int} is not a child of database system timeline {current:int}':
    '新时间线 {timeline:int} 不是数据库系统时间线 {current:int} 的后继时间线',
  'parameter "primary_conninfo" changed to ""': '参数 "primary_conninfo" 已更改为 ""',
  'parameter "primary_conninfo" changed to "{conninfo}"': '参数 "primary_conninfo" 已更改为 "{conninfo}"',
  'parameter "primary_conninfo" removed from configuration file, reset to default':
    '参数 "primary_conninfo" 已从配置文件中删除，重置为默认值',
  'received SIGHUP, reloading configuration files': '收到 SIGHUP，正在重新加载配置文件',
  'received fast shutdown request': '收到快速关闭请求',
  'received immediate shutdown request': '收到立即关闭请求',
  'received promote request': '已收到提升请求',
  'received smart shutdown request': '收到智能关闭请求',
  'redo starts at {lsn:lsn}': '重做从 {lsn:lsn} 开始',
  'replication slot "{slot}" does not exist': '复制槽 "{slot}" 不存在',
  'replication terminated by primary server': '复制由主库终止',
  'requested WAL segment {segment} has already been removed': '请求的 WAL 段 {segment} 已删除',
  'requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    '请求的起点 {lsn:lsn} 超前于此服务器的 WAL 刷盘位置 {flushed:lsn}',
  "requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    '请求的起点 {lsn:lsn}（时间线 {timeline:int}）不在此服务器的历史中',
  "requested timeline {timeline:int} is not a child of this server's history":
    '请求的时间线 {timeline:int} 不是此服务器历史的后继时间线',
  "requested timeline {timeline:int} is not in this server's history":
    '请求的时间线 {timeline:int} 不在此服务器的历史中',
  'restarted WAL streaming at {lsn:lsn} on timeline {timeline:int}':
    '已重新开始 WAL 流式传输，起点为 {lsn:lsn}，时间线为 {timeline:int}',
  'restored log file "{segment}" from archive': '已从归档恢复日志文件 "{segment}"',
  'selected new timeline ID: {timeline:int}': '已选择的新时间线 ID: {timeline:int}',
  'shutting down due to startup process failure': '因启动进程失败而关闭',
  'specified neither primary_conninfo nor restore_command': '既没有指定 primary_conninfo，也没有指定 restore_command',
  'started streaming WAL from primary at {lsn:lsn} on timeline {timeline:int}':
    '已开始从主库流式接收 WAL，起点为 {lsn:lsn}，时间线为 {timeline:int}',
  'starting PostgreSQL {version}': '正在启动 PostgreSQL {version}',
  'terminating connection due to administrator command': '由于管理员命令，正在终止连接',
  'terminating walreceiver due to timeout': '由于超时，正在终止 walreceiver',
  'terminating walreceiver process due to administrator command': '由于管理员命令，正在终止 walreceiver 进程',
  'terminating walsender process due to replication timeout': '复制超时，正在终止 walsender 进程',
  'the database system is in recovery mode': '数据库系统在恢复模式中',
  'the database system is not yet accepting connections': '数据库系统尚未接受连接',
  'the database system is shutting down': '数据库系统正在关闭',
  'the database system is starting up': '数据库系统正在启动',
  '{process} (PID {pid:int}) was terminated by signal {signal:int}: {name}':
    '{process}（PID {pid:int}）被信号 {signal:int} 终止: {name}',
  '{what} No space left on device': '{what} 设备上没有空间',
  'WAL was generated with wal_level=minimal, cannot continue recovering':
    'WAL 是在 wal_level=minimal 下生成的，不能继续恢复',
})
