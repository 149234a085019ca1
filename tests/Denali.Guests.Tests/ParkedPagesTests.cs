// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Denali.Guests.Tests;

/// <summary>Only pages that differ from what a VM was made of are kept of it.</summary>
public sealed class ParkedPagesTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Park_PagesThatAreAsTheyWere_AreNotKept()
    {
        using var host = new GuestHost();
        ulong untouched = await CountAsync(host, _ => { });

        // One that was zeros, or whatever else the image has there, and is so again.
        ulong restored = await CountAsync(host, a =>
        {
            for (uint page = 0; page < 3; page++)
            {
                a.mov(rbx, AssembledImage.Data + (page * AddressMap.PageBytes) + 0x20);
                a.mov(rax, __qword_ptr[rbx]);
                a.not(__qword_ptr[rbx]);
                a.mov(__qword_ptr[rbx], rax);
            }
        });
        ulong changed = await CountAsync(host, a =>
        {
            a.mov(rbx, AssembledImage.Data + 0x20);
            a.not(__qword_ptr[rbx]);
        });

        Assert.NotEqual(0u, untouched);
        Assert.Equal((untouched, untouched + 1), (restored, changed));
    }

    /// <summary>How many pages are kept of a VM that does something and then idles.</summary>
    private static async Task<ulong> CountAsync(GuestHost host, Action<Assembler> write)
    {
        GuestMachine machine = host.Start(host.Load(a =>
        {
            write(a);
            a.mov(rdi, -1L);
            a.call(InstructionPage.IdleEntry);
            a.xor(edi, edi);
            a.call(InstructionPage.TerminateEntry);
        }));
        Assert.True(SpinWait.SpinUntil(
            () => host.Kernel.TryGetSummary(machine.Id, out MachineSummary summary)
                && summary.State == MachineState.Idle,
            s_limit));
        ulong before = host.Kernel.SlotUsage.ParkedPages;
        Assert.True(await host.Kernel.ParkAsync(machine.Id));
        ulong pages = host.Kernel.SlotUsage.ParkedPages - before;
        host.Kernel.Wake(machine.Id);
        machine.AssertTerminated(0);
        return pages;
    }
}
