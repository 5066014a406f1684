import { useSignal } from '@preact/signals';
import { chooseTheme, readTheme } from '../browser/theme.ts';
import { Icon } from './icon.tsx';

/** Switches between the light and the dark theme. */
export const ThemeToggle = () => {
  const theme = useSignal(readTheme());
  const other = theme.value === 'dark' ? 'light' : 'dark';
  const toggle = (): void => {
    chooseTheme(other);
    theme.value = other;
  };
  const label = `Use the ${other} theme`;
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={toggle}>
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </button>
  );
};
