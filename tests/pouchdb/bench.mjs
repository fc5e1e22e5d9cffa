// The peer beside P5: a PouchDB client and express-pouchdb on loopback, both on disk (LevelDB), each in a process of its own.
// Pull: a new client fetches RECORDS records and lists them. Push: a client with RECORDS records of its own sends them.
// Prints one JSON line with the best of three runs each, for scripts/bench.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import expressPouchdb from 'express-pouchdb';
import PouchDB from 'pouchdb';

const RECORDS = 5000;
const BATCH = 1000; // PouchDB's own default of 100 is slower
const RUNS = 3;

if (process.argv[2] === 'serve') serve(process.argv[3]);
else await bench();

async function bench() {
  const folder = await mkdtemp(join(tmpdir(), 'chuda-pouchdb-'));
  const server = fork(new URL(import.meta.url), ['serve', folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    const port = await new Promise((resolve, reject) => {
      server.once('message', resolve);
      server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const at = (name) => new PouchDB(`http://127.0.0.1:${port}/${name}`);
    await at('full').bulkDocs(records());

    const pull = [];
    const push = [];
    for (let run = 0; run < RUNS; run += 1) {
      const phone = new PouchDB(join(folder, `pull-${run}`));
      pull.push(await milliseconds(async () => {
        await PouchDB.replicate(at('full'), phone, { batch_size: BATCH });
        await holds(phone);
      }));
      const writer = new PouchDB(join(folder, `push-${run}`));
      await writer.bulkDocs(records());
      const target = at(`empty-${run}`);
      await target.info(); // creates it
      push.push(await milliseconds(async () => {
        await PouchDB.replicate(writer, target, { batch_size: BATCH });
        await holds(target);
      }));
    }
    console.log(JSON.stringify({ id: 'P5', records: RECORDS, batch_size: BATCH, pouchdb_pull_ms: Math.min(...pull), pouchdb_push_ms: Math.min(...push) }));
  } finally {
    server.removeAllListeners('exit');
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

function serve(folder) {
  const app = express();
  app.use('/', expressPouchdb(PouchDB.defaults({ prefix: `${folder}/server-` }), {
    mode: 'minimumForPouchDB',
    inMemoryConfig: true,
    logPath: join(folder, 'log.txt'),
  }));
  const listener = app.listen(0, '127.0.0.1', () => process.send(listener.address().port));
}

// As much in each as a touch record holds.
function records() {
  return Array.from({ length: RECORDS }, (_, i) => ({
    _id: `touch-${String(i).padStart(6, '0')}`,
    kind: 'touch',
    customer: `019abcde-0000-7000-8000-${String(i % 200).padStart(12, '0')}`,
    person: '019abcde-0000-7000-8000-00000000000a',
    mode: ['phone', 'wechat', 'visit', 'email'][i % 4],
    action: ['material', 'demo_booked', 'quote', 'signed'][i % 4],
    evidence: [{ sha256: i.toString(16).padStart(64, '0'), size: 180000 + i, mime: 'image/jpeg' }],
    next_date: '2026-12-02',
    note: `第 ${i} 次拜访，客户要一份报价，下周三之前给方案。`,
    at: 1764000000000 + i * 60000,
    zone: 'Asia/Shanghai',
  }));
}

async function holds(database) {
  const { rows } = await database.allDocs({ include_docs: true });
  if (rows.length !== RECORDS) throw new Error(`${rows.length} of ${RECORDS} records arrived`);
}

async function milliseconds(work) {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}
