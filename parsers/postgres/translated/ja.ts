import { translations } from '../../../src/model/message.ts'

/** Japanese: the catalogue of PostgreSQL 15, where `lc_messages` chooses it. */
export default translations('postgres', {
  'all server processes terminated; reinitializing': '全てのサーバープロセスが終了しました: 再初期化しています',
  'archive recovery complete': 'アーカイブリカバリが完了しました',
  'configuration file "{file}" contains errors': '設定ファイル"{file}"にはエラーがあります',
  'consistent recovery state reached at {lsn:lsn}': '{lsn:lsn} でリカバリの一貫性が確保されました',
  'could not connect to the primary server: {error}': 'プライマリサーバーへの接続ができませんでした: {error}',
  'could not locate a valid checkpoint record': '有効なチェックポイントが見つかりませんでした',
  'could not receive data from WAL stream: ERROR: requested WAL segment {segment} has already been removed':
    'WAL ストリームからデータを受信できませんでした: ERROR:  要求された WAL セグメント {segment} はすでに削除されています',
  'could not receive data from WAL stream: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'WAL ストリームからデータを受信できませんでした: ERROR:  要求された開始ポイント{lsn:lsn}はサーバーのWALフラッシュ位置{flushed:lsn}より進んでいます',
  'could not receive data from WAL stream: {error}': 'WAL ストリームからデータを受信できませんでした: {error}',
  'could not start WAL streaming: ERROR: replication slot "{slot}" does not exist':
    'WAL ストリーミングを開始できませんでした: ERROR:  レプリケーションスロット"{slot}"は存在しません',
  'could not start WAL streaming: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'WAL ストリーミングを開始できませんでした: ERROR:  要求された開始ポイント{lsn:lsn}はサーバーのWALフラッシュ位置{flushed:lsn}より進んでいます',
  "could not start WAL streaming: ERROR: requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'WAL ストリーミングを開始できませんでした: ERROR:  タイムライン{timeline:int}上の要求された開始ポイント{lsn:lsn}はサーバーの履歴にありません',
  "could not start WAL streaming: ERROR: requested timeline {timeline:int} is not in this server's history":
    'WAL ストリーミングを開始できませんでした: ERROR:  要求されたタイムライン{timeline:int}がサーバーの履歴上に存在しません',
  'could not start WAL streaming: {error}': 'WAL ストリーミングを開始できませんでした: {error}',
  'database system is ready to accept connections': 'データベースシステムの接続受け付け準備が整いました',
  'database system is ready to accept read-only connections':
    'データベースシステムはリードオンリー接続の受け付け準備ができました',
  'database system is shut down': 'データベースシステムはシャットダウンしました',
  'database system was interrupted; last known up at {time}':
    'データベースシステムは中断されました: {time} まで動作していたことは確認できます',
  'database system was not properly shut down; automatic recovery in progress':
    'データベースシステムは正しくシャットダウンされていません; 自動リカバリを実行中',
  'database system was shut down at {time}': 'データベースシステムは {time} にシャットダウンしました',
  'database system was shut down in recovery at {time}':
    'データベースシステムはリカバリ中 {time} にシャットダウンしました',
  'entering standby mode': 'スタンバイモードに入ります',
  'highest timeline {timeline:int} of the primary is behind recovery timeline {current:int}':
    'プライマリの最大のタイムライン{timeline:int}が、リカバリのタイムライン {current:int}より遅れています',
  'invalid record length at {lsn:lsn}: wanted {wanted:int}, got {got:int}':
    '{lsn:lsn}のレコード長が不正です:長さは{wanted:int}である必要がありますが、実際は{got:int}でした',
  'listening on Unix socket "{path}"': 'Unixソケット"{path}"で待ち受けています',
  'new timeline {timeline:int} forked off current database system timeline {current:int} before current recovery point {lsn:lsn}':
    '新しいタイムライン{timeline:int}は現在のデータベースシステムのタイムライン{current:int}から現在のリカバリポイント{lsn:lsn}より前に分岐しています',
  'new timeline {timeline:int} is not a child of database system timeline {current:int}':
    '新しいタイムライン{timeline:int}はデータベースシステムのタイムライン{current:int}の子ではありません',
  'parameter "primary_conninfo" changed to ""': 'パラメータ"primary_conninfo"は""に変更されました',
  'parameter "primary_conninfo" changed to "{conninfo}"': 'パラメータ"primary_conninfo"は"{conninfo}"に変更されました',
  'parameter "primary_conninfo" removed from configuration file, reset to default':
    'パラメーター"primary_conninfo"が設定ファイルから削除されました。デフォルト値に戻ります。',
  'received SIGHUP, reloading configuration files': 'SIGHUPを受け取りました。設定ファイルをリロードしています',
  'received fast shutdown request': '高速シャットダウン要求を受け取りました',
  'received immediate shutdown request': '即時シャットダウン要求を受け取りました',
  'received promote request': '昇格要求を受信しました',
  'received smart shutdown request': 'スマートシャットダウン要求を受け取りました',
  'redo starts at {lsn:lsn}': 'REDOを{lsn:lsn}から開始します',
  'replication slot "{slot}" does not exist': 'レプリケーションスロット"{slot}"は存在しません',
  'replication terminated by primary server': 'プライマリサーバーによりレプリケーションが打ち切られました',
  'requested WAL segment {segment} has already been removed':
    '要求された WAL セグメント {segment} はすでに削除されています',
  'requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    '要求された開始ポイント{lsn:lsn}はサーバーのWALフラッシュ位置{flushed:lsn}より進んでいます',
  "requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'タイムライン{timeline:int}上の要求された開始ポイント{lsn:lsn}はサーバーの履歴にありません',
  "requested timeline {timeline:int} is not a child of this server's history":
    '要求されたタイムライン{timeline:int}はこのサーバーの履歴からの子孫ではありません',
  "requested timeline {timeline:int} is not in this server's history":
    '要求されたタイムライン{timeline:int}がサーバーの履歴上に存在しません',
  'restarted WAL streaming at {lsn:lsn} on timeline {timeline:int}':
    'タイムライン{timeline:int}の {lsn:lsn}からでWALストリーミングを再開します',
  'restored log file "{segment}" from archive': 'ログファイル"{segment}"をアーカイブからリストアしました',
  'selected new timeline ID: {timeline:int}': '新しいタイムラインIDを選択: {timeline:int}',
  'shutting down due to startup process failure': '起動プロセスの失敗のためシャットダウンしています',
  'specified neither primary_conninfo nor restore_command':
    'primary_conninfo と restore_command のどちらも指定されていません',
  'started streaming WAL from primary at {lsn:lsn} on timeline {timeline:int}':
    'プライマリのタイムライン{timeline:int}の {lsn:lsn}からでWALストリーミングを始めます',
  'starting PostgreSQL {version}': 'PostgreSQL {version} を起動しています',
  'terminating connection due to administrator command': '管理者コマンドにより接続を終了しています',
  'terminating walreceiver due to timeout': 'レプリケーションタイムアウトによりwalreceiverを終了しています',
  'terminating walreceiver process due to administrator command':
    '管理者コマンドにより WAL 受信プロセスを終了しています',
  'terminating walsender process due to replication timeout':
    'レプリケーションタイムアウトにより WAL 送信プロセスを終了しています',
  'the database system is in recovery mode': 'データベースシステムはリカバリモードです',
  'the database system is not yet accepting connections': 'データベースシステムはまだ接続を受け付けていません',
  'the database system is shutting down': 'データベースシステムはシャットダウンしています',
  'the database system is starting up': 'データベースシステムは起動処理中です',
  '{process} (PID {pid:int}) was terminated by signal {signal:int}: {name}':
    '{process} (PID {pid:int})はシグナル{signal:int}で終了しました: {name}',
  '{what} No space left on device': '{what} デバイスに空き領域がありません',
  'WAL was generated with wal_level=minimal, cannot continue recovering':
    'wal_level=minimal でWALが生成されました、リカバリは続行不可です',
})
