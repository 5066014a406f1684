import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

const format = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

/** Minutes and seconds since it was first drawn, as long as it is running. Silent for screen readers unless asked. */
export const ElapsedTime = ({ running }: { readonly running: boolean }) => {
  const startedAt = useMemo(() => performance.now(), []);
  const seconds = useSignal(0);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => {
      seconds.value = Math.floor((performance.now() - startedAt) / 1000);
    }, 250);
    return () => clearInterval(timer);
  }, [running]);
  return (
    <span class="elapsed" role="timer" aria-label="Time since the launch was opened">
      {format(seconds.value)}
    </span>
  );
};
