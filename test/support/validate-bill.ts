import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

/** What is wrong with a bill of materials by the schema of CycloneDX 1.6; empty when it is valid. */
export const validateBill = async (bill: string): Promise<string> => {
  const problem = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(bill);
  return problem === null ? '' : JSON.stringify(problem).slice(0, 2000);
};
