import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { Session, SessionAddress, SessionEnd } from '../../services/contracts/session.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import type { SessionRuntime, StartOptions } from '../../services/launcher/sessions/session-runtime.ts';

export type FakeSessionRuntime = SessionRuntime & {
  /** Ends a session as its process would. */
  end(id: string, end: SessionEnd): void;
  /** While set, every call fails as when the engine is away. */
  isAway: boolean;
  /** What was started, for its token and base path. */
  readonly started: StartOptions[];
  /** Archives that were added to sessions. */
  readonly added: { readonly id: string; readonly bytes: Buffer }[];
  /** Whose start is over. */
  readonly settled: string[];
};

type FakeOptions = {
  /** Where the sessions seem to run. */
  readonly address?: SessionAddress;
  readonly now?: () => number;
};

/** The image of which no session can be started. */
export const MISSING_IMAGE = 'missing:1';

const makeWork = (): Readable => {
  const tar = pack();
  tar.entry({ name: 'jovyan/', type: 'directory' });
  tar.entry({ name: 'jovyan/index.ipynb' }, '{}');
  tar.finalize();
  return Readable.from(tar);
};

/** Sessions that are only remembered. */
export const createFakeSessionRuntime = ({
  address = { host: '127.0.0.1', port: 9 },
  now = Date.now,
}: FakeOptions = {}): FakeSessionRuntime => {
  const sessions = new Map<string, Session>();
  const answer = async <T>(value: () => T): Promise<T> => {
    await Promise.resolve();
    if (fake.isAway) throw new SlipwayError('BUILD_ENGINE_UNAVAILABLE');
    return value();
  };
  const start = ({ spec }: StartOptions): SessionAddress => {
    if (spec.image === MISSING_IMAGE) throw new SlipwayError('SESSION_START_FAILED');
    sessions.set(spec.id, { spec, startedAt: now(), state: { kind: 'running', address } });
    return address;
  };
  const fake: FakeSessionRuntime = {
    isAway: false,
    started: [],
    settled: [],
    added: [],
    start: async (options, signal) => {
      signal.throwIfAborted();
      fake.started.push(options);
      return answer(() => start(options));
    },
    settle: (spec) => answer(() => void fake.settled.push(spec.id)),
    list: (launchId) =>
      answer(() => [...sessions.values()].filter(({ spec }) => [spec.launchId, undefined].includes(launchId))),
    find: (id) => answer(() => sessions.get(id)),
    stop: (id) => answer(() => void sessions.delete(id)),
    log: (id) =>
      answer(() => {
        const state = sessions.get(id)?.state;
        return state?.kind === 'ended' ? (state.end.log ?? '') : '';
      }),
    putWork: async (id, archive) => {
      const bytes = await buffer(archive);
      return answer(() => {
        if (!sessions.has(id)) throw new SlipwayError('SESSION_NOT_FOUND');
        fake.added.push({ id, bytes });
      });
    },
    readWork: (id) =>
      answer(() => {
        if (!sessions.has(id)) throw new SlipwayError('SESSION_NOT_FOUND');
        return makeWork();
      }),
    end: (id, end) => {
      const session = sessions.get(id);
      if (session) sessions.set(id, { ...session, state: { kind: 'ended', end } });
    },
  };
  return fake;
};
