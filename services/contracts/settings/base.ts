import { Type } from 'typebox';
import { publicAddress, section, text } from './fields.ts';

const OFFERED_PYTHON_MINOR = '^3\\.(9|1[0-5])$';

/** The Python versions that the Jupyter stack of the bases supports; 3.8 and older it does not. */
export const OFFERED_PYTHON = '^3\\.(9|1[0-5])(\\.\\d{1,2})?$';

export const Base = section(
  {
    from: text('bootstrap', 'An image to build on, or bootstrap: made from a Debian mirror with mmdebstrap.'),
    debianMirror: publicAddress(
      '',
      'The Debian mirror that a bootstrapped base is made from; default: the one that mmdebstrap chooses; no credentials.',
    ),
    pythons: Type.Array(Type.String({ pattern: OFFERED_PYTHON }), {
      default: [],
      description:
        'The Python versions that repositories may ask for, x.y, or x.y.z for exactly that; empty: those that Debian has (3.13, 3.11), with an image as base.from only defaultPython. Others are builds that uv installs.',
    }),
    defaultPython: Type.String({
      pattern: OFFERED_PYTHON_MINOR,
      default: '3.13',
      description:
        'The Python version of repositories that name none; with an image as base.from, the one that it has.',
    }),
    pythonMirror: publicAddress(
      '',
      'Where uv gets its builds of Python (UV_PYTHON_INSTALL_MIRROR); default: where uv gets them; no credentials.',
    ),
    pythonDownloads: publicAddress(
      '',
      'The address of a list of builds of Python instead of the one in uv (UV_PYTHON_DOWNLOADS_JSON_URL); no credentials.',
    ),
  },
  'The image that all environments build on.',
);
