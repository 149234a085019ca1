// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Denali.Control.Sites;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>What a hostile guest says before it ends becomes one plain, short line.</summary>
public sealed class KernelSiteObserverTests : ISiteMachineObserver, IDisposable
{
    private readonly string _disk = Path.GetTempFileName();
    private string? _reason;

    public void Dispose() => File.Delete(_disk);

    [Theory]
    [InlineData("", "ended with 1: it said nothing")]
    [InlineData("first\nlast\n", "ended with 1: last")]
    [InlineData("\e[2Jred \u00fc\n\r\n", "ended with 1: ?[2Jred ??")]
    public void End_AfterOutput_TellsItsLastLine(string output, string reason)
    {
        IMachineObserver observer = NewObserver();

        // In pieces, as a console gives it.
        foreach (byte value in Encoding.UTF8.GetBytes(output))
        {
            Assert.Equal(1, observer.OnConsoleOutput(1, [value]));
        }

        observer.OnEnded(new MachineExit { MachineId = 1, Cause = ExitCause.Terminated, Code = 1 });

        Assert.Equal(reason, _reason);
    }

    [Fact]
    public void End_AfterMuchOutput_KeepsTheEndOfIt()
    {
        IMachineObserver observer = NewObserver();
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(999, observer.OnConsoleOutput(1, Encoding.ASCII.GetBytes(new string('x', 999))));
        }

        observer.OnEnded(new MachineExit
        {
            MachineId = 1,
            Cause = ExitCause.Terminated,
            RemainingOutput = "end"u8.ToArray(),
        });

        Assert.EndsWith("xend", _reason, StringComparison.Ordinal);
        Assert.InRange(_reason!.Length, 200, 300);
    }

    void ISiteMachineObserver.OnReady() => Assert.Fail("it was never ready");

    void ISiteMachineObserver.OnEnded(string reason) => _reason = reason;

    private KernelSiteObserver NewObserver()
    {
        File.WriteAllBytes(_disk, new byte[4096]);
        return new KernelSiteObserver(this, DiskImage.Open(_disk, isReadOnly: true));
    }
}
