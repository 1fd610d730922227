import type { QuestionRequest } from "../../opencode_widget/frontend/src/protocol";

export const form: QuestionRequest;
