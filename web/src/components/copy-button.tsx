import { useSignal } from '@preact/signals';
import { copyText } from '../browser/copy-text.ts';
import { Icon } from './icon.tsx';

type CopyButtonProps = {
  /** What is copied, read at the click. */
  readonly read: () => string;
  readonly label: string;
  /** Says more than the label to those who do not see what stands beside the button. */
  readonly name?: string;
};

const SHOWN_MS = 2000;

/** Copies text and says whether that worked. */
export const CopyButton = ({ read, label, name }: CopyButtonProps) => {
  const result = useSignal<'' | 'Copied' | 'Not copied'>('');
  const copy = async (): Promise<void> => {
    result.value = (await copyText(read())) ? 'Copied' : 'Not copied';
    setTimeout(() => {
      result.value = '';
    }, SHOWN_MS);
  };
  return (
    <>
      <button type="button" class="button" aria-label={name} onClick={() => void copy()}>
        <Icon name={result.value === 'Copied' ? 'check' : 'copy'} />
        <span class="button-label">{result.value || label}</span>
      </button>
      <span class="visually-hidden" role="status">
        {result}
      </span>
    </>
  );
};
