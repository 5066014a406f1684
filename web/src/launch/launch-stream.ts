import type { Connection, DeliveredEvent } from './launch-state.ts';

export type LaunchListener = {
  readonly onEvent: (id: string, event: DeliveredEvent) => void;
  readonly onConnection: (connection: Connection) => void;
};

// A proxy that answers 502 while the server restarts ends an EventSource for good; new ones bridge that.
const REOPEN_SECONDS = [1, 2, 4, 8, 15, 30];

const parseEvent = (data: string): DeliveredEvent | undefined => {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'phase' in value ? (value as DeliveredEvent) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Follows a launch; returns what stops it. The browser resumes a dropped stream by itself, from the last event
 * it saw; a stream that the browser has given up is opened anew from there, a few times.
 */
export const followLaunch = (url: string, listener: LaunchListener): (() => void) => {
  let source: EventSource;
  let attempt = 0;
  let timer = 0;
  let lastId = '';
  const reopen = (): void => {
    const seconds = REOPEN_SECONDS[attempt];
    attempt += 1;
    listener.onConnection(seconds === undefined ? 'given-up' : 'lost');
    if (seconds !== undefined) timer = window.setTimeout(open, seconds * 1000);
  };
  const open = (): void => {
    source = new EventSource(
      lastId === '' ? url : `${url}${url.includes('?') ? '&' : '?'}lastEventId=${encodeURIComponent(lastId)}`,
    );
    source.addEventListener('open', () => listener.onConnection('open'));
    source.addEventListener('message', (message: MessageEvent<string>) => {
      attempt = 0;
      lastId = message.lastEventId || lastId;
      const event = parseEvent(message.data);
      if (event !== undefined) listener.onEvent(message.lastEventId, event);
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) reopen();
      else listener.onConnection('lost');
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
};
