// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>What the host has of a file in memory is read without waiting.</summary>
public sealed class CachedFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly byte[] _content = new byte[10_000];

    public CachedFileTests()
    {
        new Random(1).NextBytes(_content);
        File.WriteAllBytes(_path, _content);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void TryRead_FileThatWasJustWritten_GivesItsBytes()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        byte[] bytes = new byte[5_000];

        bool isRead = CachedFile.TryRead(file, bytes, 1_234, out bool isPossible);

        Assert.SkipUnless(isPossible, "the file system of the temporary folder does not say what is cached");
        Assert.True(isRead);
        Assert.Equal(_content[1_234..6_234], bytes);
    }

    [Fact]
    public void TryRead_BeyondTheEnd_IsNotAllOfIt()
    {
        using SafeFileHandle file = File.OpenHandle(_path);

        Assert.False(CachedFile.TryRead(file, new byte[5_000], 9_000, out _));
        Assert.False(CachedFile.TryRead(file, new byte[1], 1 << 20, out _));
    }

    [Fact]
    public void TryRead_WhatIsNoFile_SaysThatItCannotBe()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        using SafeFileHandle end = new(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);

        Assert.False(CachedFile.TryRead(end, new byte[1], 0, out bool isPossible));
        Assert.False(isPossible);
    }

    [Fact]
    public void Drop_FileThatWasJustWritten_HasToBeWaitedFor()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        byte[] bytes = new byte[1];
        bool wasAtHand = CachedFile.TryRead(file, bytes, 0, out bool isPossible);
        Assert.SkipUnless(
            wasAtHand && isPossible, "the file system of the temporary folder does not say what is cached");
        Assert.SkipWhen(IsInMemory(), "the file system of the temporary folder has no disk");

        CachedFile.Drop(file);

        Assert.False(CachedFile.TryRead(file, bytes, 0, out _));
        Assert.Equal(1, RandomAccess.Read(file, bytes, 0));
        Assert.Equal(_content[0], bytes[0]);
    }

    [Fact]
    public void Drop_WhatIsNoFile_IsTold()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        using SafeFileHandle end = new(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);

        _ = Assert.Throws<LinuxException>(() => CachedFile.Drop(end));
    }

    [Fact]
    public void TryRead_ClosedFile_IsTold()
    {
        SafeFileHandle file = File.OpenHandle(_path);
        file.Dispose();

        _ = Assert.Throws<ObjectDisposedException>(() => CachedFile.TryRead(file, new byte[1], 0, out _));
    }

    private bool IsInMemory() => new DriveInfo(_path).DriveFormat is "tmpfs" or "ramfs";
}
