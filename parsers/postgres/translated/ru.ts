import { translations } from '../../../src/model/message.ts'

/** Russian: the catalogue of PostgreSQL 15, where `lc_messages` chooses it. */
export default translations('postgres', {
  'all server processes terminated; reinitializing': 'все серверные процессы завершены... переинициализация',
  'archive recovery complete': 'восстановление архива завершено',
  'configuration file "{file}" contains errors': 'файл конфигурации "{file}" содержит ошибки',
  'consistent recovery state reached at {lsn:lsn}':
    'согласованное состояние восстановления достигнуто в позиции {lsn:lsn}',
  'could not connect to the primary server: {error}': 'не удалось подключиться к главному серверу: {error}',
  'could not locate a valid checkpoint record': 'не удалось считать правильную запись контрольной точки',
  'could not receive data from WAL stream: ERROR: requested WAL segment {segment} has already been removed':
    'не удалось получить данные из потока WAL: ОШИБКА:  запрошенный сегмент WAL {segment} уже удалён',
  'could not receive data from WAL stream: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'не удалось получить данные из потока WAL: ОШИБКА:  запрошенная начальная точка {lsn:lsn} впереди позиции сброшенных данных WAL на этом сервере ({flushed:lsn})',
  'could not receive data from WAL stream: {error}': 'не удалось получить данные из потока WAL: {error}',
  'could not start WAL streaming: ERROR: replication slot "{slot}" does not exist':
    'не удалось начать трансляцию WAL: ОШИБКА:  слот репликации "{slot}" не существует',
  'could not start WAL streaming: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'не удалось начать трансляцию WAL: ОШИБКА:  запрошенная начальная точка {lsn:lsn} впереди позиции сброшенных данных WAL на этом сервере ({flushed:lsn})',
  "could not start WAL streaming: ERROR: requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'не удалось начать трансляцию WAL: ОШИБКА:  в истории сервера нет запрошенной начальной точки {lsn:lsn} на линии времени {timeline:int}',
  "could not start WAL streaming: ERROR: requested timeline {timeline:int} is not in this server's history":
    'не удалось начать трансляцию WAL: ОШИБКА:  в истории сервера нет запрошенной линии времени {timeline:int}',
  'could not start WAL streaming: {error}': 'не удалось начать трансляцию WAL: {error}',
  'database system is ready to accept connections': 'система БД готова принимать подключения',
  'database system is ready to accept read-only connections':
    'система БД готова принимать подключения в режиме "только чтение"',
  'database system is shut down': 'система БД выключена',
  'database system was interrupted; last known up at {time}':
    'работа системы БД была прервана; последний момент работы: {time}',
  'database system was not properly shut down; automatic recovery in progress':
    'система БД была остановлена нештатно; производится автоматическое восстановление',
  'database system was shut down at {time}': 'система БД была выключена: {time}',
  'database system was shut down in recovery at {time}': 'система БД была выключена в процессе восстановления: {time}',
  'entering standby mode': 'переход в режим резервного сервера',
  'highest timeline {timeline:int} of the primary is behind recovery timeline {current:int}':
    'последняя линия времени {timeline:int} на главном сервере отстаёт от восстанавливаемой линии времени {current:int}',
  'invalid record length at {lsn:lsn}: wanted {wanted:int}, got {got:int}':
    'неверная длина записи в позиции {lsn:lsn}: ожидалось {wanted:int}, получено {got:int}',
  'listening on Unix socket "{path}"': 'для приёма подключений открыт Unix-сокет "{path}"',
  'new timeline {timeline:int} forked off current database system timeline {current:int} before current recovery point {lsn:lsn}':
    'новая линия времени {timeline:int} ответвилась от текущей линии времени базы данных {current:int} до текущей точки восстановления {lsn:lsn}',
  'new timeline {timeline:int} is not a child of database system timeline {current:int}':
    'новая линия времени {timeline:int} не является ответвлением линии времени системы БД {current:int}',
  'parameter "primary_conninfo" changed to ""': 'параметр "primary_conninfo" принял значение ""',
  'parameter "primary_conninfo" changed to "{conninfo}"': 'параметр "primary_conninfo" принял значение "{conninfo}"',
  'parameter "primary_conninfo" removed from configuration file, reset to default':
    'параметр "primary_conninfo" удалён из файла конфигурации, он принимает значение по умолчанию',
  'received SIGHUP, reloading configuration files': 'получен SIGHUP, файлы конфигурации перезагружаются',
  'received fast shutdown request': 'получен запрос на быстрое выключение',
  'received immediate shutdown request': 'получен запрос на немедленное выключение',
  'received promote request': 'получен запрос повышения статуса',
  'received smart shutdown request': 'получен запрос на "вежливое" выключение',
  'redo starts at {lsn:lsn}': 'запись REDO начинается со смещения {lsn:lsn}',
  'replication slot "{slot}" does not exist': 'слот репликации "{slot}" не существует',
  'replication terminated by primary server': 'репликация прекращена главным сервером',
  'requested WAL segment {segment} has already been removed': 'запрошенный сегмент WAL {segment} уже удалён',
  'requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'запрошенная начальная точка {lsn:lsn} впереди позиции сброшенных данных WAL на этом сервере ({flushed:lsn})',
  "requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'в истории сервера нет запрошенной начальной точки {lsn:lsn} на линии времени {timeline:int}',
  "requested timeline {timeline:int} is not a child of this server's history":
    'в истории сервера нет ответвления запрошенной линии времени {timeline:int}',
  "requested timeline {timeline:int} is not in this server's history":
    'в истории сервера нет запрошенной линии времени {timeline:int}',
  'restarted WAL streaming at {lsn:lsn} on timeline {timeline:int}':
    'перезапуск передачи WAL с позиции {lsn:lsn} на линии времени {timeline:int}',
  'restored log file "{segment}" from archive': 'файл журнала "{segment}" восстановлен из архива',
  'selected new timeline ID: {timeline:int}': 'выбранный ID новой линии времени: {timeline:int}',
  'shutting down due to startup process failure': 'сервер останавливается из-за ошибки в стартовом процессе',
  'specified neither primary_conninfo nor restore_command': 'не указано ни primary_conninfo, ни restore_command',
  'started streaming WAL from primary at {lsn:lsn} on timeline {timeline:int}':
    'начало передачи журнала с главного сервера, с позиции {lsn:lsn} на линии времени {timeline:int}',
  'starting PostgreSQL {version}': 'запускается PostgreSQL {version}',
  'terminating connection due to administrator command': 'закрытие подключения по команде администратора',
  'terminating walreceiver due to timeout': 'завершение приёма журнала из-за тайм-аута',
  'terminating walreceiver process due to administrator command':
    'завершение процесса считывания журнала по команде администратора',
  'terminating walsender process due to replication timeout':
    'завершение процесса передачи журнала из-за тайм-аута репликации',
  'the database system is in recovery mode': 'система баз данных в режиме восстановления',
  'the database system is not yet accepting connections': 'система БД ещё не принимает подключения',
  'the database system is shutting down': 'система баз данных останавливается',
  'the database system is starting up': 'система баз данных запускается',
  '{process} (PID {pid:int}) was terminated by signal {signal:int}: {name}':
    '{process} (PID {pid:int}) был завершён по сигналу {signal:int}: {name}',
  '{what} No space left on device': '{what} На устройстве не осталось свободного места',
  'WAL was generated with wal_level=minimal, cannot continue recovering':
    'WAL был создан с параметром wal_level=minimal, продолжение восстановления невозможно',
})
