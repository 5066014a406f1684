import type { HomeForm } from '../pages/create-home-form.ts';
import { TextField } from './text-field.tsx';

const KINDS = [
  ['file', 'File'],
  ['url', 'URL'],
] as const;

const KindSwitch = ({ form }: { readonly form: HomeForm }) => (
  <div class="switch" role="radiogroup" aria-label="What to open">
    {KINDS.map(([kind, label]) => (
      <label key={kind} class="switch-choice">
        <input
          type="radio"
          name="path-kind"
          value={kind}
          checked={form.fields.value.pathKind === kind}
          onChange={() => form.change({ pathKind: kind })}
        />
        <span>{label}</span>
      </label>
    ))}
  </div>
);

/** What shall be open when the session starts: a file of the repository, or an address inside of the session. */
export const PathField = ({ form }: { readonly form: HomeForm }) => {
  const isFile = form.fields.value.pathKind === 'file';
  return (
    <div class="path-field">
      <TextField
        id="path"
        label={isFile ? 'File to open (optional)' : 'URL to open (optional)'}
        value={form.fields.value.path}
        error={form.errorOf('path')}
        onText={(text) => form.change({ path: text })}
        onLeave={() => form.leave('path')}
        placeholder={isFile ? 'notebooks/index.ipynb' : 'lab/tree/index.ipynb'}
      />
      <KindSwitch form={form} />
    </div>
  );
};
