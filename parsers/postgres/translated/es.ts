import { translations } from '../../../src/model/message.ts'

/** Spanish: the catalogue of PostgreSQL 15, where `lc_messages` chooses it. */
export default translations('postgres', {
  'aborting startup due to startup process failure':
    'abortando el inicio debido a una falla en el procesamiento de inicio',
  'all server processes terminated; reinitializing': 'todos los procesos fueron terminados; reinicializando',
  'archive recovery complete': 'recuperación completa',
  'configuration file "{file}" contains errors': 'el archivo de configuración «{file}» contiene errores',
  'consistent recovery state reached at {lsn:lsn}': 'el estado de recuperación consistente fue alcanzado en {lsn:lsn}',
  'could not connect to the primary server: {error}': 'no se pudo conectar al servidor primario: {error}',
  'could not locate a valid checkpoint record': 'no se pudo localizar un registro de punto de control válido',
  'could not receive data from WAL stream: ERROR: requested WAL segment {segment} has already been removed':
    'no se pudo recibir datos desde el flujo de WAL: ERROR:  el segmento de WAL solicitado {segment} ya ha sido eliminado',
  'could not receive data from WAL stream: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'no se pudo recibir datos desde el flujo de WAL: ERROR:  el punto de inicio solicitado {lsn:lsn} está más adelante que la posición de sincronización (flush) de WAL de este servidor {flushed:lsn}',
  'could not receive data from WAL stream: {error}': 'no se pudo recibir datos desde el flujo de WAL: {error}',
  'could not start WAL streaming: ERROR: replication slot "{slot}" does not exist':
    'no se pudo iniciar el flujo de WAL: ERROR:  no existe el slot de replicación «{slot}»',
  'could not start WAL streaming: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'no se pudo iniciar el flujo de WAL: ERROR:  el punto de inicio solicitado {lsn:lsn} está más adelante que la posición de sincronización (flush) de WAL de este servidor {flushed:lsn}',
  "could not start WAL streaming: ERROR: requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'no se pudo iniciar el flujo de WAL: ERROR:  el punto de inicio solicitado {lsn:lsn} del timeline {timeline:int} no está en la historia de este servidor',
  "could not start WAL streaming: ERROR: requested timeline {timeline:int} is not in this server's history":
    'no se pudo iniciar el flujo de WAL: ERROR:  el timeline {timeline:int} solicitado no está en la historia de este servidor',
  'could not start WAL streaming: {error}': 'no se pudo iniciar el flujo de WAL: {error}',
  'database system is ready to accept connections': 'el sistema de bases de datos está listo para aceptar conexiones',
  'database system is ready to accept read-only connections':
    'el sistema de bases de datos está listo para aceptar conexiones de sólo lectura',
  'database system is shut down': 'el sistema de bases de datos está apagado',
  'database system was interrupted; last known up at {time}':
    'el sistema de bases de datos fue interrumpido; última vez en funcionamiento en {time}',
  'database system was not properly shut down; automatic recovery in progress':
    'el sistema de bases de datos no fue apagado apropiadamente; se está efectuando la recuperación automática',
  'database system was shut down at {time}': 'el sistema de bases de datos fue apagado en {time}',
  'database system was shut down in recovery at {time}':
    'el sistema de bases de datos fue apagado durante la recuperación en {time}',
  'entering standby mode': 'entrando al modo standby',
  'highest timeline {timeline:int} of the primary is behind recovery timeline {current:int}':
    'el timeline más alto del primario, {timeline:int}, está más atrás que el timeline de recuperación {current:int}',
  'invalid record length at {lsn:lsn}: wanted {wanted:int}, got {got:int}':
    'largo de registro no válido en {lsn:lsn}: se esperaba {wanted:int}, se obtuvo {got:int}',
  'listening on Unix socket "{path}"': 'escuchando en el socket Unix «{path}»',
  'new timeline {timeline:int} forked off current database system timeline {current:int} before current recovery point {lsn:lsn}':
    'el nuevo timeline {timeline:int} bifurcó del timeline del sistema actual {current:int} antes del punto re recuperación actual {lsn:lsn}',
  'new timeline {timeline:int} is not a child of database system timeline {current:int}':
    'el nuevo timeline {timeline:int} especificado no es hijo del timeline de sistema {current:int}',
  'parameter "primary_conninfo" changed to ""': 'el parámetro «primary_conninfo» fue cambiado a «»',
  'parameter "primary_conninfo" changed to "{conninfo}"': 'el parámetro «primary_conninfo» fue cambiado a «{conninfo}»',
  'parameter "primary_conninfo" removed from configuration file, reset to default':
    'parámetro «primary_conninfo» eliminado del archivo de configuración, volviendo al valor por omisión',
  'received SIGHUP, reloading configuration files': 'se recibió SIGHUP, volviendo a cargar archivos de configuración',
  'received fast shutdown request': 'se recibió petición de apagado rápido',
  'received immediate shutdown request': 'se recibió petición de apagado inmediato',
  'received promote request': 'se recibió petición de promoción',
  'received smart shutdown request': 'se recibió petición de apagado inteligente',
  'redo starts at {lsn:lsn}': 'redo comienza en {lsn:lsn}',
  'replication slot "{slot}" does not exist': 'no existe el slot de replicación «{slot}»',
  'replication terminated by primary server': 'replicación terminada por el servidor primario',
  'requested WAL segment {segment} has already been removed':
    'el segmento de WAL solicitado {segment} ya ha sido eliminado',
  'requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'el punto de inicio solicitado {lsn:lsn} está más adelante que la posición de sincronización (flush) de WAL de este servidor {flushed:lsn}',
  "requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    'el punto de inicio solicitado {lsn:lsn} del timeline {timeline:int} no está en la historia de este servidor',
  "requested timeline {timeline:int} is not a child of this server's history":
    'el timeline solicitado {timeline:int} no es un hijo de la historia de este servidor',
  "requested timeline {timeline:int} is not in this server's history":
    'el timeline {timeline:int} solicitado no está en la historia de este servidor',
  'restarted WAL streaming at {lsn:lsn} on timeline {timeline:int}':
    'reiniciando el flujo de WAL en {lsn:lsn} en el timeline {timeline:int}',
  'restored log file "{segment}" from archive': 'se ha restaurado el archivo «{segment}» desde el área de archivado',
  'selected new timeline ID: {timeline:int}': 'seleccionado nuevo ID de timeline: {timeline:int}',
  'shutting down due to startup process failure': 'apagando debido a una falla en el procesamiento de inicio',
  'specified neither primary_conninfo nor restore_command': 'no se especifica primary_conninfo ni restore_command',
  'started streaming WAL from primary at {lsn:lsn} on timeline {timeline:int}':
    'iniciando el flujo de WAL desde el primario en {lsn:lsn} en el timeline {timeline:int}',
  'starting PostgreSQL {version}': 'iniciando PostgreSQL {version}',
  'terminating connection due to administrator command': 'terminando la conexión debido a una orden del administrador',
  'terminating walreceiver due to timeout':
    'terminando el proceso walreceiver debido a que se agotó el tiempo de espera',
  'terminating walreceiver process due to administrator command':
    'terminando el proceso walreceiver debido a una orden del administrador',
  'terminating walsender process due to replication timeout':
    'terminando el proceso walsender debido a que se agotó el tiempo de espera de replicación',
  'the database system is in recovery mode': 'el sistema de base de datos está en modo de recuperación',
  'the database system is not yet accepting connections':
    'el sistema de bases de datos aún no está aceptando conexiones',
  'the database system is shutting down': 'el sistema de base de datos está apagándose',
  'the database system is starting up': 'el sistema de base de datos está iniciándose',
  '{process} (PID {pid:int}) was terminated by signal {signal:int}: {name}':
    '{process} (PID {pid:int}) fue terminado por una señal {signal:int}: {name}',
  '{what} No space left on device': '{what} No queda espacio en el dispositivo',
  'WAL was generated with wal_level=minimal, cannot continue recovering':
    'el WAL fue generado con wal_level=minimal, no se puede continuar con la recuperación',
})
