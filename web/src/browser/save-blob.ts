/** Saves data as a file on the reader's machine. */
export const saveBlob = (name: string, data: Blob): void => {
  const url = URL.createObjectURL(data);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
