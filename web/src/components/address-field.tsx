import type { HomeForm } from '../pages/create-home-form.ts';
import { TextField } from './text-field.tsx';

/** The one big field that takes any address and fills in all the others. */
export const AddressField = ({ form }: { readonly form: HomeForm }) => (
  <div class="address-field">
    <TextField
      id="address"
      label="Paste any repository address"
      value={form.address.value}
      hint={
        form.note.value || 'A GitHub page, a git clone address, owner/repository, or a launch link you already have.'
      }
      error={form.errorOf('address')}
      onText={form.typeAddress}
      onLeave={() => form.leave('address')}
      autofocus
      placeholder="https://github.com/owner/repository"
      onPaste={() => form.leave('address')}
    />
  </div>
);
