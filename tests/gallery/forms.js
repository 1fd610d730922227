// A form with every kind of field, as a server of 2.x asks for an answer.
const field = (key, kind, header, more = {}) => {
  const { question = header, options = [], multiple = false, custom = false, required = false, ...rest } = more;
  return { question, header, options, multiple, custom, field: { key, kind, required, ...rest } };
};

const regions = ["Amsterdam", "Berlin", "Dublin", "Frankfurt", "London", "Madrid", "Milan", "Paris", "Stockholm"];

export const form = {
  kind: "question",
  id: "f1",
  session: "s1",
  title: "Deploy the shop",
  questions: [
    field("name", "string", "Name", { required: true, minimum: 2, maximum: 9 }),
    field("mail", "string", "Mail", {
      question: "Who is told when it fails?",
      format: "email",
      placeholder: "a@b.org",
    }),
    field("day", "string", "Day", { format: "date" }),
    field("size", "select", "Size", {
      required: true,
      default: ["s"],
      options: [
        { label: "Small", value: "s", description: "one machine" },
        { label: "Large", value: "l", description: "three of them" },
      ],
    }),
    field("region", "select", "Region", { options: regions.map((label) => ({ label, value: label.toLowerCase() })) }),
    field("cpus", "number", "Processors", { minimum: 0.5, maximum: 8, default: ["1.5"] }),
    field("replicas", "integer", "Replicas", { question: "How many copies?", required: true, minimum: 1 }),
    field("public", "boolean", "Public", { question: "May everybody see it?", default: ["false"] }),
    field("host", "string", "Host", {
      required: true,
      when: [{ key: "public", value: "true", negated: false }],
      format: "uri",
    }),
    field("zones", "multiselect", "Zones", {
      multiple: true,
      custom: true,
      required: true,
      minimum: 1,
      maximum: 2,
      options: [
        { label: "Europe", value: "eu" },
        { label: "America", value: "us" },
      ],
    }),
    field("login", "external", "Log in", { url: "https://example.org/login" }),
  ],
};
