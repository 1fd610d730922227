export class FakeModel {
  constructor(traits: Record<string, unknown>);
}

export class FakeKernel {
  constructor(model: FakeModel, state: Record<string, unknown>);
}
