import { useSignal } from '@preact/signals';
import { saveBlob } from '../browser/save-blob.ts';
import { describeRemaining } from '../sessions/describe-remaining.ts';
import { extendSession, fetchArchive, stopSession, type OwnSession } from '../sessions/session-api.ts';

type SessionCardProps = {
  readonly session: OwnSession;
  readonly now: number;
  /** Called when something about the session has changed. */
  readonly onChange: () => void;
};

type ActionProps = SessionCardProps & { readonly label: string; readonly run: () => Promise<void> };

const HOUR = 3600;

/** A button that says what went wrong beside it, and is not pressed twice. */
const Action = ({ label, run, onChange }: ActionProps) => {
  const isBusy = useSignal(false);
  const problem = useSignal('');
  const press = async (): Promise<void> => {
    isBusy.value = true;
    problem.value = '';
    try {
      await run();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
    isBusy.value = false;
    onChange();
  };
  return (
    <>
      <button class="button" type="button" disabled={isBusy.value} onClick={() => void press()}>
        {label}
      </button>
      {problem.value !== '' && <p role="alert">{problem.value}</p>}
    </>
  );
};

const makeFileName = (title: string): string => `${title.replace(/[^\w.-]+/g, '-')}.zip`;

const Actions = (props: SessionCardProps) => {
  const { session } = props;
  const save = async (): Promise<void> => saveBlob(makeFileName(session.launch.title), await fetchArchive(session));
  return (
    <div class="button-row">
      <Action {...props} label="Keep for an hour" run={() => extendSession(session, HOUR)} />
      <Action {...props} label="Download the files" run={save} />
      <Action {...props} label="End it" run={() => stopSession(session)} />
    </div>
  );
};

/** One session of this browser: how long it lives on, and what can be done with it. */
export const SessionCard = (props: SessionCardProps) => {
  const { launch, view } = props.session;
  if (view.state === 'ended')
    return (
      <li class="session session-ended">
        <h2>{launch.title}</h2>
        <p>
          {view.message} {view.hint} <code>{view.code}</code>
        </p>
      </li>
    );
  const remaining = describeRemaining(view, props.now);
  return (
    <li class={remaining.isSoon ? 'session session-soon' : 'session'}>
      <h2>
        <a href={view.url}>{launch.title}</a>
      </h2>
      <p role="timer">{remaining.text}</p>
      <Actions {...props} />
    </li>
  );
};
