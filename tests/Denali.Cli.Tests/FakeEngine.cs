// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;

namespace Denali.Cli.Tests;

/// <summary>An engine that can say what it is, and makes nothing.</summary>
internal sealed class FakeEngine : IExecutionEngine
{
    public string Name => "fake";

    public uint ProcessorLevel { get; init; } = 3;

    public uint TscKhz { get; init; } = 2_000_000;

    internal Func<IExecutionSlot> MakeSlot { get; init; } =
        () => throw new EngineException("no execution slot can be made: it is a fake; use a real one");

    internal bool IsDisposed { get; private set; }

    public IMemoryBase CreateBase(BaseDescription description) =>
        throw new EngineException("no memory base can be made: it is a fake; use a real one");

    public IMemoryBase CreateBase(BaseDescription description, BaseState state) => CreateBase(description);

    public IExecutionSlot CreateSlot(ulong memoryBytes) => MakeSlot();

    public void Dispose() => IsDisposed = true;
}
