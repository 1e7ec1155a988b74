import { messages } from '../../src/model/message.ts'

/** Checkpoints of a primary and restart points of a replica. */
export default messages('postgres', [
  {
    type: 'noise',
    text: 'checkpoint starting: {why}',
    level: 'INFO',
    from: 'checkpointer',
    means: 'A checkpoint begins on a primary.',
    samples: ['checkpoint starting: force wait', 'checkpoint starting: shutdown immediate'],
  },
  {
    type: 'noise',
    text: 'could not signal for checkpoint: {why}',
    level: 'INFO',
    from: 'checkpointer.c RequestCheckpoint',
    means: 'A checkpoint was asked for while no checkpointer ran: PostgreSQL starts or stops. It is asked for again.',
    samples: ['could not signal for checkpoint: checkpointer is not running'],
  },
  {
    type: 'noise',
    text: 'checkpoint complete: {how}',
    level: 'INFO',
    from: 'checkpointer',
    means: 'A checkpoint ended; `distance` says how much WAL came since the one before.',
    samples: [
      'checkpoint complete: wrote 58 buffers (0.9%); 0 WAL file(s) added, 0 removed, 1 recycled; write=5.466 s, sync=0.001 s, total=5.467 s; sync files=0, longest=0.000 s, average=0.000 s; distance=8954 kB, estimate=8954 kB',
      'checkpoint complete: wrote 58 buffers (0.4%), wrote 3 SLRU buffers; 0 WAL file(s) added, 0 removed, 1 recycled; write=5.466 s, sync=0.001 s, total=5.467 s; sync files=0, longest=0.000 s, average=0.000 s; distance=8954 kB, estimate=8954 kB; lsn=0/305CE10, redo lsn=0/305CDB8',
    ],
  },
  {
    type: 'noise',
    text: 'restartpoint starting: {why}',
    level: 'INFO',
    from: 'checkpointer',
    means: 'A restart point begins on a replica.',
    samples: ['restartpoint starting: time'],
  },
  {
    type: 'noise',
    text: 'restartpoint complete: {how}',
    level: 'INFO',
    from: 'checkpointer',
    means: 'A restart point ended.',
    samples: [
      'restartpoint complete: wrote 77 buffers (1.2%); 0 WAL file(s) added, 1 removed, 0 recycled; write=7.616 s, sync=0.002 s, total=7.630 s; sync files=0, longest=0.000 s, average=0.000 s; distance=16384 kB, estimate=16384 kB',
    ],
  },
  {
    type: 'noise',
    text: 'checkpoints are occurring too frequently ({seconds:int} seconds apart)',
    level: 'INFO',
    from: 'checkpointer',
    means: 'WAL is written faster than max_wal_size allows for.',
    samples: ['checkpoints are occurring too frequently (12 seconds apart)'],
  },
  {
    type: 'noise',
    text: 'checkpoints are occurring too frequently ({seconds:int} second apart)',
    level: 'INFO',
    from: 'checkpointer',
    means: 'WAL is written faster than max_wal_size allows for.',
    samples: ['checkpoints are occurring too frequently (1 second apart)'],
  },
  {
    type: 'noise',
    text: 'checkpoint skipped because system is idle',
    level: 'DEBUG',
    from: 'checkpointer',
    means: 'Nothing was written since the checkpoint before.',
    samples: ['checkpoint skipped because system is idle'],
  },
  {
    type: 'noise',
    text: 'skipping restartpoint, {why}',
    level: 'DEBUG',
    from: 'checkpointer',
    means: 'There is no newer checkpoint to restart from.',
    samples: [
      'skipping restartpoint, already performed at 0/7000060',
      'skipping restartpoint, recovery has already ended',
    ],
  },
  {
    type: 'noise',
    text: 'checkpoint request failed',
    level: 'ERROR',
    from: 'checkpointer',
    means: 'A checkpoint asked for by a command failed; another line says why.',
    samples: ['checkpoint request failed'],
  },
])
