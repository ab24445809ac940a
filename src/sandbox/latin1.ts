/** The character sets of documents and descriptions, written as AWS shows them in its error messages. */
const TAB_LF_CR = '\\u0009\\u000A\\u000D';

/** Source: `policyDocumentType` in the API models of IAM and STS. */
export const documentText = new RegExp(`^[${TAB_LF_CR}\\u0020-\\u00FF]+$`);

/** Source: `roleDescriptionType` in the API model of IAM. */
export const descriptionText = new RegExp(`^[${TAB_LF_CR}\\u0020-\\u007E\\u00A1-\\u00FF]*$`);
