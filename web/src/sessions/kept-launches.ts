/** A launch of this browser; its id opens the session that came of it. */
export type KeptLaunch = { readonly id: string; readonly title: string };

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

const KEY = 'slipway-launches';
const MOST = 50;

const isLaunch = (value: unknown): value is KeptLaunch =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<KeptLaunch>).id === 'string' &&
  typeof (value as Partial<KeptLaunch>).title === 'string';

/** The launches that this browser remembers, newest first. */
export const readLaunches = (storage: Storage): readonly KeptLaunch[] => {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter(isLaunch).slice(0, MOST) : [];
  } catch {
    return [];
  }
};

/** Remembers these launches and no others. A browser that stores nothing shows no sessions; the launch goes on. */
export const writeLaunches = (storage: Storage, launches: readonly KeptLaunch[]): void => {
  try {
    storage.setItem(KEY, JSON.stringify(launches.slice(0, MOST)));
  } catch {
    // Storage is full or forbidden.
  }
};

/** Remembers one more. */
export const keepLaunch = (storage: Storage, launch: KeptLaunch): void =>
  writeLaunches(storage, [launch, ...readLaunches(storage).filter(({ id }) => id !== launch.id)]);
