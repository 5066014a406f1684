import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { LogScreen } from '../log/log-screen.ts';
import { Icon } from './icon.tsx';

// Closer to the end than this counts as being there.
const NEAR = 32;

const distanceToEnd = (box: HTMLElement): number => box.scrollHeight - box.scrollTop - box.clientHeight;

/** Keeps a box scrolled to its end until the reader scrolls up; tells whether it does. */
const useFollowing = (log: LogScreen) => {
  const box = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const following = useSignal(true);
  const last = useRef(0);
  const jump = (): void => {
    following.value = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  };
  const onScroll = (): void => {
    if (box.current === null) return;
    const top = box.current.scrollTop;
    if (distanceToEnd(box.current) < NEAR) following.value = true;
    else if (top < last.current) following.value = false;
    last.current = top;
  };
  useEffect(() => {
    if (text.current !== null) log.show(text.current, () => following.peek() && jump());
  }, [log]);
  return { box, text, following, jump, onScroll };
};

/** The text of the log. It is not read out as it grows: the headline above it says what matters. */
export const LogView = ({ log, hidden }: { readonly log: LogScreen; readonly hidden: boolean }) => {
  const { box, text, following, jump, onScroll } = useFollowing(log);
  return (
    <div id="log" class="log-view" hidden={hidden}>
      <div ref={box} class="log-scroll" role="log" aria-live="off" aria-label="Log" tabIndex={0} onScroll={onScroll}>
        <div ref={text} class="log-text" />
      </div>
      {!following.value && (
        <button type="button" class="button log-jump" onClick={jump}>
          <Icon name="down" />
          Go on at the end
        </button>
      )}
    </div>
  );
};
