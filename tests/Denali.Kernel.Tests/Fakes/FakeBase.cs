// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>A memory base whose VMs run a program of the test.</summary>
internal sealed class FakeBase : IMemoryBase
{
    private readonly SortedDictionary<uint, byte[]> _pages = [];

    internal FakeBase(BaseDescription description, GuestProgram program, BaseState? state = null)
    {
        Description = description;
        Program = program;
        ChargedBytes = state?.ChargedBytes ?? 0x4000;
        Commits = state?.Commits ?? new ChunkMap(description.MemoryBytes);
        foreach (uint page in state?.Pages ?? [])
        {
            byte[] contents = new byte[AddressMap.PageBytes];
            state!.Read(page, contents);
            _pages.Add(page, contents);
        }
    }

    public BaseDescription Description { get; }

    public ulong ChargedBytes { get; }

    public ChunkMap Commits { get; }

    internal GuestProgram Program { get; }

    internal bool IsDisposed { get; private set; }

    public bool TryGetPage(uint page, out ReadOnlySpan<byte> contents)
    {
        bool has = _pages.TryGetValue(page, out byte[]? bytes);
        contents = bytes;
        return has;
    }

    public bool TryGetNextPage(ref uint page, out ReadOnlySpan<byte> contents)
    {
        uint from = page;
        page = _pages.Keys.FirstOrDefault(number => number >= from);
        return TryGetPage(page, out contents) && page >= from;
    }

    public void Dispose() => IsDisposed = true;
}
