import { translations } from '../../../src/model/message.ts'

/** French: the catalogue of PostgreSQL 15, where `lc_messages` chooses it. */
export default translations('postgres', {
  'aborting startup due to startup process failure':
    "annulation du démarrage à cause d'un échec dans le processus de lancement",
  'all server processes terminated; reinitializing': 'tous les processus serveur sont arrêtés ; réinitialisation',
  'archive recovery complete': "restauration de l'archive terminée",
  'configuration file "{file}" contains errors': 'le fichier de configuration « {file} » contient des erreurs',
  'consistent recovery state reached at {lsn:lsn}': 'état de restauration cohérent atteint à {lsn:lsn}',
  'could not connect to the primary server: {error}': "n'a pas pu se connecter au serveur principal : {error}",
  'could not locate a valid checkpoint record':
    "n'a pas pu localiser un enregistrement d'un point de vérification valide",
  'could not receive data from WAL stream: ERROR: requested WAL segment {segment} has already been removed':
    "n'a pas pu recevoir des données du flux de WAL : ERREUR:  le segment demandé du journal de transaction, {segment}, a déjà été supprimé",
  'could not receive data from WAL stream: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    "n'a pas pu recevoir des données du flux de WAL : ERREUR:  le point de reprise requis {lsn:lsn} est devant la position de vidage des WAL de ce serveur {flushed:lsn}",
  'could not receive data from WAL stream: {error}': "n'a pas pu recevoir des données du flux de WAL : {error}",
  'could not start WAL streaming: ERROR: replication slot "{slot}" does not exist':
    "n'a pas pu démarrer l'envoi des WAL : ERREUR:  le slot de réplication « {slot} » n'existe pas",
  'could not start WAL streaming: ERROR: requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    "n'a pas pu démarrer l'envoi des WAL : ERREUR:  le point de reprise requis {lsn:lsn} est devant la position de vidage des WAL de ce serveur {flushed:lsn}",
  "could not start WAL streaming: ERROR: requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    "n'a pas pu démarrer l'envoi des WAL : ERREUR:  le point de reprise {lsn:lsn} de la timeline {timeline:int} n'est pas dans l'historique du serveur",
  "could not start WAL streaming: ERROR: requested timeline {timeline:int} is not in this server's history":
    "n'a pas pu démarrer l'envoi des WAL : ERREUR:  la timeline {timeline:int} requise n'est pas dans l'historique de ce serveur",
  'could not start WAL streaming: {error}': "n'a pas pu démarrer l'envoi des WAL : {error}",
  'database system is ready to accept connections':
    'le système de bases de données est prêt pour accepter les connexions',
  'database system is ready to accept read-only connections':
    'le système de bases de données est prêt pour accepter les connexions en lecture seule',
  'database system is shut down': 'le système de base de données est arrêté',
  'database system was interrupted; last known up at {time}':
    'le système de bases de données a été interrompu ; dernier lancement connu à {time}',
  'database system was shut down at {time}': 'le système de bases de données a été arrêté à {time}',
  'database system was shut down in recovery at {time}':
    'le système de bases de données a été arrêté pendant la restauration à {time}',
  'entering standby mode': 'entre en mode standby',
  'highest timeline {timeline:int} of the primary is behind recovery timeline {current:int}':
    'la plus grande timeline {timeline:int} du serveur principal est derrière la timeline de restauration {current:int}',
  'invalid record length at {lsn:lsn}: wanted {wanted:int}, got {got:int}':
    "longueur invalide de l'enregistrement à {lsn:lsn} : voulait {wanted:int}, a eu {got:int}",
  'listening on Unix socket "{path}"': 'écoute sur la socket Unix « {path} »',
  'new timeline {timeline:int} is not a child of database system timeline {current:int}':
    "la nouvelle timeline {timeline:int} n'est pas une enfant de la timeline {current:int} du système",
  'parameter "primary_conninfo" changed to ""': 'paramètre « primary_conninfo » modifié par «  »',
  'parameter "primary_conninfo" changed to "{conninfo}"': 'paramètre « primary_conninfo » modifié par « {conninfo} »',
  'received SIGHUP, reloading configuration files': 'a reçu SIGHUP, rechargement des fichiers de configuration',
  'received fast shutdown request': "a reçu une demande d'arrêt rapide",
  'received immediate shutdown request': "a reçu une demande d'arrêt immédiat",
  'received promote request': 'a reçu une demande de promotion',
  'received smart shutdown request': "a reçu une demande d'arrêt intelligent",
  'redo starts at {lsn:lsn}': 'la ré-exécution commence à {lsn:lsn}',
  'replication slot "{slot}" does not exist': "le slot de réplication « {slot} » n'existe pas",
  'replication terminated by primary server': 'réplication terminée par le serveur primaire',
  'requested WAL segment {segment} has already been removed':
    'le segment demandé du journal de transaction, {segment}, a déjà été supprimé',
  'requested starting point {lsn:lsn} is ahead of the WAL flush position of this server {flushed:lsn}':
    'le point de reprise requis {lsn:lsn} est devant la position de vidage des WAL de ce serveur {flushed:lsn}',
  "requested starting point {lsn:lsn} on timeline {timeline:int} is not in this server's history":
    "le point de reprise {lsn:lsn} de la timeline {timeline:int} n'est pas dans l'historique du serveur",
  "requested timeline {timeline:int} is not a child of this server's history":
    "la timeline requise {timeline:int} n'est pas un fils de l'historique de ce serveur",
  "requested timeline {timeline:int} is not in this server's history":
    "la timeline {timeline:int} requise n'est pas dans l'historique de ce serveur",
  'restarted WAL streaming at {lsn:lsn} on timeline {timeline:int}':
    'recommence le flux WAL à {lsn:lsn} sur la timeline {timeline:int}',
  'restored log file "{segment}" from archive':
    "restauration du journal de transactions « {segment} » à partir de l'archive",
  'selected new timeline ID: {timeline:int}': "identifiant d'un timeline nouvellement sélectionné : {timeline:int}",
  'shutting down due to startup process failure': "arrêt à cause d'un échec du processus startup",
  'specified neither primary_conninfo nor restore_command': "ni primary_conninfo ni restore_command n'est spécifié",
  'started streaming WAL from primary at {lsn:lsn} on timeline {timeline:int}':
    'démarré le flux des journaux depuis le principal à {lsn:lsn} sur la timeline {timeline:int}',
  'starting PostgreSQL {version}': 'démarrage de PostgreSQL {version}',
  'terminating connection due to administrator command': "arrêt des connexions suite à la demande de l'administrateur",
  'terminating walreceiver due to timeout':
    "arrêt du processus walreceiver suite à l'expiration du délai de réplication",
  'terminating walreceiver process due to administrator command':
    "arrêt du processus walreceiver suite à la demande de l'administrateur",
  'the database system is in recovery mode': 'le système de bases de données est en cours de restauration',
  'the database system is not yet accepting connections':
    "le système de bases de données n'accepte pas encore de connexions",
  'the database system is shutting down': "le système de base de données s'arrête",
  'the database system is starting up': 'le système de bases de données se lance',
  '{process} (PID {pid:int}) was terminated by signal {signal:int}: {name}':
    '{process} (PID {pid:int}) a été arrêté par le signal {signal:int} : {name}',
  '{what} No space left on device': '{what} Aucun espace disponible sur le périphérique',
  'WAL was generated with wal_level=minimal, cannot continue recovering':
    'le journal de transactions a été généré avec le paramètre wal_level=minimal, ne peut pas continuer la restauration',
})
