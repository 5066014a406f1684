import { useEffect, useMemo } from 'preact/hooks';
import { readProviders } from '../address/read-providers.ts';
import { AddressField } from '../components/address-field.tsx';
import { HomeIntroduction } from '../components/home-introduction.tsx';
import { Icon } from '../components/icon.tsx';
import { RepositoryFields } from '../components/repository-fields.tsx';
import { SharePanel } from '../components/share-panel.tsx';
import { type HomeForm, createHomeForm } from './create-home-form.ts';
import '../styles/home.css';

/** Goes to the launch page, or shows what is missing and puts the cursor there. */
const submit = (form: HomeForm): void => {
  const checked = form.checked.value;
  if (checked.ok) {
    location.assign(checked.link);
    return;
  }
  const first = form.showErrors();
  if (first !== undefined) document.querySelector<HTMLInputElement>(`#${first}`)?.focus();
};

const loadProviders = async (form: HomeForm): Promise<void> => {
  form.providers.value = await readProviders();
};

/** The home page: any address becomes a launch, a link and a badge. */
export const HomePage = () => {
  const form = useMemo(createHomeForm, []);
  useEffect(() => {
    document.title = 'Slipway: open any repository';
    void loadProviders(form);
  }, []);
  const checked = form.checked.value;
  return (
    <>
      <HomeIntroduction />
      <form
        class="card launch-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit(form);
        }}
      >
        <AddressField form={form} />
        <RepositoryFields form={form} />
        <div class="launch-row">
          <button type="submit" class="button button-primary button-large">
            Launch
            <Icon name="down" />
          </button>
          <p class="launch-link">
            {checked.ok ? checked.link : 'The session starts in your browser; nothing to install.'}
          </p>
        </div>
      </form>
      <SharePanel link={checked.ok ? location.origin + checked.link : undefined} />
    </>
  );
};
