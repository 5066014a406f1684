/** Where the operations of the API live. */
export const API_PATH = '/api/v1';
