import { useSignal } from '@preact/signals';
import { downloadText } from '../browser/download-text.ts';
import type { LogScreen } from '../log/log-screen.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icon.tsx';
import { LogView } from './log-view.tsx';

/** The log with its buttons: show or hide, copy, download. */
export const LogPanel = ({ log, fileName }: { readonly log: LogScreen; readonly fileName: string }) => {
  const shown = useSignal(true);
  const toggle = (): void => {
    shown.value = !shown.value;
  };
  return (
    <section class="log-panel" aria-labelledby="log-title">
      <header class="log-bar">
        <h2 id="log-title">
          <button type="button" class="log-toggle" aria-expanded={shown.value} aria-controls="log" onClick={toggle}>
            <Icon name="chevron" />
            {shown.value ? 'Hide the log' : 'Show the log'}
          </button>
        </h2>
        <span class="log-count">
          {log.count.value === 1 ? '1 line' : `${log.count.value.toLocaleString('en')} lines`}
        </span>
        <CopyButton read={log.read} label="Copy" name="Copy the log" />
        <button
          type="button"
          class="button"
          aria-label="Download the log"
          onClick={() => downloadText(fileName, log.read())}
        >
          <Icon name="download" />
          <span class="button-label">Download</span>
        </button>
      </header>
      <LogView log={log} hidden={!shown.value} />
    </section>
  );
};
