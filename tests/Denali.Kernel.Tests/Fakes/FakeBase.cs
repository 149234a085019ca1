// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>A memory base whose VMs run a program of the test.</summary>
internal sealed class FakeBase : IMemoryBase
{
    internal FakeBase(BaseDescription description, GuestProgram program)
    {
        Description = description;
        Program = program;
    }

    public BaseDescription Description { get; }

    public ulong ChargedBytes => 0x4000;

    internal GuestProgram Program { get; }

    public bool TryGetPage(uint page, out ReadOnlySpan<byte> contents)
    {
        contents = default;
        return false;
    }

    public void Dispose()
    {
    }
}
