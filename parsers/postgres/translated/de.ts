import { translations } from '../../../src/model/message.ts'

/** German: the catalogue of PostgreSQL 15, where `lc_messages` chooses it. */
export default translations('postgres', {
  'all server processes terminated; reinitializing': 'alle Serverprozesse beendet; initialisiere neu',
  'archive recovery complete': 'Wiederherstellung aus Archiv abgeschlossen',
  'configuration file "{file}" contains errors': 'Konfigurationsdatei »{file}« enthält Fehler',
  'consistent recovery state reached at {lsn:lsn}': 'konsistenter Wiederherstellungszustand erreicht bei {lsn:lsn}',
  'could not connect to the primary server: {error}': 'konnte nicht mit dem Primärserver verbinden: {error}',
  'could not locate a valid checkpoint record': 'konnte keinen gültigen Checkpoint-Datensatz finden',
  'could not receive data from WAL stream: ERROR: requested WAL segment {segment} has already been removed':
    'konnte keine Daten vom WAL-Stream empfangen: FEHLER:  das angeforderte WAL-Segment {segment} wurde schon entfernt',
  'could not receive data from WAL stream: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'konnte keine Daten vom WAL-Stream empfangen: FEHLER:  angeforderter Startpunkt {lsn:lsn} ist vor der WAL-Flush-Position dieses Servers {flushed:lsn}',
  'could not receive data from WAL stream: {error}': 'konnte keine Daten vom WAL-Stream empfangen: {error}',
  'could not start WAL streaming: ERROR: replication slot "{slot}" does not exist':
    'konnte WAL-Streaming nicht starten: FEHLER:  Replikations-Slot »{slot}« existiert nicht',
  'could not start WAL streaming: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'konnte WAL-Streaming nicht starten: FEHLER:  angeforderter Startpunkt {lsn:lsn} ist vor der WAL-Flush-Position dieses Servers {flushed:lsn}',
  "could not start WAL streaming: ERROR: requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'konnte WAL-Streaming nicht starten: FEHLER:  angeforderter Startpunkt {lsn:lsn} auf Zeitleiste {timeline:int} ist nicht in der History dieses Servers',
  "could not start WAL streaming: ERROR: requested timeline {timeline:int} is not in this server's history":
    'konnte WAL-Streaming nicht starten: FEHLER:  angeforderte Zeitleiste {timeline:int} ist nicht in der History dieses Servers',
  'could not start WAL streaming: {error}': 'konnte WAL-Streaming nicht starten: {error}',
  'database system is ready to accept connections': 'Datenbanksystem ist bereit, um Verbindungen anzunehmen',
  'database system is ready to accept read-only connections':
    'Datenbanksystem ist bereit, um lesende Verbindungen anzunehmen',
  'database system is shut down': 'Datenbanksystem ist heruntergefahren',
  'database system was interrupted; last known up at {time}':
    'Datenbanksystem wurde unterbrochen; letzte bekannte Aktion am {time}',
  'database system was not properly shut down; automatic recovery in progress':
    'Datenbanksystem wurde nicht richtig heruntergefahren; automatische Wiederherstellung läuft',
  'database system was shut down at {time}': 'Datenbanksystem wurde am {time} heruntergefahren',
  'database system was shut down in recovery at {time}':
    'Datenbanksystem wurde während der Wiederherstellung am {time} heruntergefahren',
  'entering standby mode': 'Standby-Modus eingeschaltet',
  'highest timeline {timeline:int} of the primary is behind recovery timeline {current:int}':
    'höchste Zeitleiste {timeline:int} des primären Servers liegt hinter Wiederherstellungszeitleiste {current:int} zurück',
  'invalid record length at {lsn:lsn}: wanted {wanted:int}, got {got:int}':
    'ungültige Datensatzlänge bei {lsn:lsn}: {wanted:int} erwartet, {got:int} erhalten',
  'listening on Unix socket "{path}"': 'erwarte Verbindungen auf Unix-Socket »{path}«',
  'new timeline {timeline:int} forked off current database system timeline {current:int} before current recovery point {lsn:lsn}':
    'neue Zeitleiste {timeline:int} zweigte von der aktuellen Datenbanksystemzeitleiste {current:int} vor dem aktuellen Wiederherstellungspunkt {lsn:lsn} ab',
  'new timeline {timeline:int} is not a child of database system timeline {current:int}':
    'neue Zeitleiste {timeline:int} ist kein Kind der Datenbanksystemzeitleiste {current:int}',
  'parameter "primary_conninfo" changed to ""': 'Parameter »primary_conninfo« auf »« gesetzt',
  'parameter "primary_conninfo" changed to "{conninfo}"': 'Parameter »primary_conninfo« auf »{conninfo}« gesetzt',
  'parameter "primary_conninfo" removed from configuration file, reset to default':
    'Parameter »primary_conninfo« wurde aus Konfigurationsdatei entfernt, wird auf Standardwert zurückgesetzt',
  'received SIGHUP, reloading configuration files': 'SIGHUP empfangen, Konfigurationsdateien werden neu geladen',
  'received fast shutdown request': 'schnelles Herunterfahren verlangt',
  'received immediate shutdown request': 'sofortiges Herunterfahren verlangt',
  'received promote request': 'Anforderung zum Befördern empfangen',
  'received smart shutdown request': 'intelligentes Herunterfahren verlangt',
  'redo starts at {lsn:lsn}': 'Redo beginnt bei {lsn:lsn}',
  'replication slot "{slot}" does not exist': 'Replikations-Slot »{slot}« existiert nicht',
  'replication terminated by primary server': 'Replikation wurde durch Primärserver beendet',
  'requested WAL segment {segment} has already been removed':
    'das angeforderte WAL-Segment {segment} wurde schon entfernt',
  'requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'angeforderter Startpunkt {lsn:lsn} ist vor der WAL-Flush-Position dieses Servers {flushed:lsn}',
  "requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'angeforderter Startpunkt {lsn:lsn} auf Zeitleiste {timeline:int} ist nicht in der History dieses Servers',
  "requested timeline {timeline:int} is not a child of this server's history":
    'angeforderte Zeitleiste {timeline:int} ist kein Kind der History dieses Servers',
  "requested timeline {timeline:int} is not in this server's history":
    'angeforderte Zeitleiste {timeline:int} ist nicht in der History dieses Servers',
  'restarted WAL streaming at {lsn:lsn} on timeline {timeline:int}':
    'WAL-Streaming neu gestartet bei {lsn:lsn} auf Zeitleiste {timeline:int}',
  'restored log file "{segment}" from archive': 'Logdatei »{segment}« aus Archiv wiederhergestellt',
  'selected new timeline ID: {timeline:int}': 'gewählte neue Zeitleisten-ID: {timeline:int}',
  'shutting down due to startup process failure': 'fahre herunter wegen Startprozessfehler',
  'specified neither primary_conninfo nor restore_command': 'weder primary_conninfo noch restore_command angegeben',
  'started streaming WAL from primary at {lsn:lsn} on timeline {timeline:int}':
    'WAL-Streaming vom Primärserver gestartet bei {lsn:lsn} auf Zeitleiste {timeline:int}',
  'starting PostgreSQL {version}': 'PostgreSQL {version} startet',
  'terminating connection due to administrator command':
    'Verbindung wird abgebrochen aufgrund von Anweisung des Administrators',
  'terminating walreceiver due to timeout': 'WAL-Receiver-Prozess wird abgebrochen wegen Zeitüberschreitung',
  'terminating walreceiver process due to administrator command':
    'WAL-Receiver-Prozess wird abgebrochen aufgrund von Anweisung des Administrators',
  'terminating walsender process due to replication timeout':
    'WAL-Sender-Prozess wird abgebrochen wegen Zeitüberschreitung bei der Replikation',
  'the database system is in recovery mode': 'das Datenbanksystem ist im Wiederherstellungsmodus',
  'the database system is not yet accepting connections': 'das Datenbanksystem nimmt noch keine Verbindungen an',
  'the database system is shutting down': 'das Datenbanksystem fährt herunter',
  'the database system is starting up': 'das Datenbanksystem startet',
  '{process} (PID {pid:int}) was terminated by signal {signal:int}: {name}':
    '{process} (PID {pid:int}) wurde von Signal {signal:int} beendet: {name}',
  '{what} No space left on device': '{what} Auf dem Gerät ist kein Speicherplatz mehr verfügbar',
  'WAL was generated with wal_level=minimal, cannot continue recovering':
    'WAL wurde mit wal_level=minimal erzeugt, Wiederherstellung kann nicht fortgesetzt werden',
})
