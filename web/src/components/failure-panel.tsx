import { plainText } from '../log/terminal-text.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icon.tsx';

type FailurePanelProps = {
  /** What can be looked up; absent where the server could not say it. */
  readonly code?: string;
  readonly message: string;
  readonly hint: string;
  readonly log?: string | undefined;
  readonly canRetry: boolean;
};

const Excerpt = ({ text }: { readonly text: string }) => (
  <figure class="excerpt">
    <figcaption>The last lines of the log</figcaption>
    <pre tabIndex={0}>{text.trimEnd().split('\n').map(plainText).join('\n')}</pre>
  </figure>
);

/** Why a launch failed, what to do next, and the buttons to do it. */
export const FailurePanel = ({ code, message, hint, log, canRetry }: FailurePanelProps) => (
  <section class="failure" aria-label="Why the launch failed">
    <div role="alert">
      <div class="cause">
        <h2>
          What happened
          {code !== undefined && <code class="failure-code">{code}</code>}
        </h2>
        <p>{message.trim()}</p>
      </div>
      <div class="cause">
        <h2>What to do next</h2>
        <p>{hint}</p>
      </div>
    </div>
    {log !== undefined && log.trim() !== '' && <Excerpt text={log} />}
    <div class="button-row">
      <button type="button" class={canRetry ? 'button button-primary' : 'button'} onClick={() => location.reload()}>
        <Icon name="retry" />
        Try again
      </button>
      <a class={canRetry ? 'button' : 'button button-primary'} href="/">
        <Icon name="home" />
        Home page
      </a>
      <CopyButton read={() => location.href.replace(location.hash, '')} label="Copy link" />
    </div>
  </section>
);
