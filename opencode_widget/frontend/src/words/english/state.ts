export const state = {
  insertedCell: "Inserted as the cell below",
  insertedCells: "Inserted as cells below",
  limitForPrompt: (bytes: string) => `${bytes} is the limit for one prompt`,
  emptyOrFolder: (name: string) => `${name} is empty, or a folder.`,
  fileTooLarge: (name: string, bytes: string, bound: string) =>
    `${name} has ${bytes}; ${bound}. Put it into the project's folder and mention it with @.`,
  filesAddUp: (name: string, bytes: string, bound: string) =>
    `With ${name} the files add up to ${bytes}; ${bound}. Send it with the next prompt.`,
  kilobytes: (value: number) => `${value} kB`,
  megabytes: (value: string) => `${value} MB`,
  fileNotFound: "The kernel couldn't find this file.",
  opened: (positioned: string) => `Opened ${positioned}`,
  copiedInstead: (positioned: string) => `Copied ${positioned}. This host can't open files.`,
  titleOnly: "The browser shows no notifications of this page; its title is marked instead.",
};
