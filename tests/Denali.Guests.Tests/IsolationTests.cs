// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>
/// The next VM in a slot finds nothing of the one before: in no register and nowhere in its memory, whichever way the
/// slot went from one to the other.
/// </summary>
public sealed class IsolationTests
{
    private const int PageBytes = (int)AddressMap.PageBytes;
    private const ushort DefaultX87Control = 0x37F;
    private const uint DefaultMxcsr = 0x1F80;
    private const int MxcsrOffset = 24;

    // The base of the VM that looks: that of the one before it, another image's, or a template.
    public enum Base
    {
        Same,
        Other,
        Template,
    }

    [Fact]
    public async Task Secret_InTheVmItself_IsFoundEverywhere()
    {
        using var host = new GuestHost(workerCount: 1, slotLimit: 1);
        LoadedImage image = host.Load(SecretGuest.Write);
        foreach (bool isAll in (bool[])[false, true])
        {
            GuestMachine planter = Plant(host, image, isAll, 'v', 1);
            Sight sight = await LookAsync(host, planter);

            // Without this, finding nothing would mean nothing.
            Assert.True(sight.Pages.Count >= (isAll ? 200 : 25), $"{sight.Pages.Count} pages");
            Assert.Contains((uint)(AddressMap.RegisterPageBase / PageBytes), sight.Pages);
            Assert.Contains((uint)(AddressMap.ArgumentsBase / PageBytes), sight.Pages);
            Assert.Equal((14 + 1, 64, 8), (sight.General, sight.Vectors, sight.X87));
            ulong expected = SecretGuest.BaseOf(BinaryPrimitives.ReadUInt32LittleEndian(Encoding.ASCII.GetBytes(
                SecretGuest.Tag)));
            Assert.Equal((expected, expected), (sight.FsBase, sight.GsBase));
            Assert.NotEqual((DefaultX87Control, DefaultMxcsr), (sight.X87Control, sight.Mxcsr));
            _ = planter.Kill();
        }
    }

    [Theory]
    [InlineData(Base.Same)]
    [InlineData(Base.Other)]
    [InlineData(Base.Template)]
    public async Task Secret_OfTheVmBefore_IsNowhere(Base next)
    {
        string folder = Directory.CreateTempSubdirectory("denali-secret-").FullName;
        using var host = new GuestHost(workerCount: 1, slotLimit: 1, swapPath: Path.Combine(folder, "swap"));

        // The file is open by now, and goes with the kernel.
        Directory.Delete(folder, recursive: true);
        LoadedImage image = host.Load(SecretGuest.Write);
        using LoadedImage? template = next == Base.Template ? await BootAsync(host, image) : null;
        LoadedImage other = template ?? (next == Base.Same ? image : host.Load(SecretGuest.Write));
        int number = 1;
        foreach (bool isAll in (bool[])[false, true])
        {
            // Terminated, faulted, killed, parked while it idled, swapped out, taken out in the middle of its code.
            foreach (char end in "tfkiws")
            {
                string path = $"{next} {isAll} {end}";
                char way = end == 'k' ? 's' : end == 'w' ? 'i' : end;
                GuestMachine planter = Plant(host, image, isAll, way, number++);
                if (end == 'k')
                {
                    _ = planter.Kill();
                }
                else if (end == 'w')
                {
                    await SwapOutAsync(host, planter);
                }

                GuestMachine seeker = Seek(host, other);
                Sight sight = await LookAsync(host, seeker);
                Assert.True(sight.Pages.Count == 0, $"{path}: in pages {string.Join(' ', sight.Pages)}");
                Assert.True((sight.General, sight.Vectors, sight.X87) == (0, 0, 0), $"{path}: {sight}");
                Assert.True((sight.FsBase, sight.GsBase) == (0, 0), $"{path}: {sight}");
                Assert.True(
                    (sight.X87Control, sight.Mxcsr) == (DefaultX87Control, DefaultMxcsr), $"{path}: {sight}");
                _ = seeker.Kill();
                if (end is 'i' or 'w' or 's')
                {
                    Assert.False(planter.HasEnded, path);
                    _ = planter.Kill();
                }
            }
        }

        Assert.True(host.Kernel.SlotUsage.Slots <= 1);
    }

    private static GuestMachine Plant(GuestHost host, LoadedImage image, bool isAll, char end, int number)
    {
        GuestMachine planter =
            host.Start(image, SecretGuest.Plant(isAll, end), $"{SecretGuest.Tag}{number:d4}");
        switch (end)
        {
            case 't':
                planter.AssertTerminated(0);
                break;

            case 'f':
                _ = planter.AssertFaulted(6);
                break;

            default:
                planter.WaitForOutput("!");
                break;
        }

        return planter;
    }

    // It has told that it has planted a moment before it idles.
    private static async Task SwapOutAsync(GuestHost host, GuestMachine machine)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!await host.Kernel.SwapOutAsync(machine.Id).WaitAsync(GuestMachine.Deadline))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < GuestMachine.Deadline, "it does not idle");
        }
    }

    private static GuestMachine Seek(GuestHost host, LoadedImage image)
    {
        if (!image.IsBooted)
        {
            return host.Start(image, SecretGuest.Seek);
        }

        var machine = new GuestMachine(host.Kernel, int.MaxValue);
        machine.Id = host.Kernel.Create(new MachineOptions { Image = image, Observer = machine });
        return machine;
    }

    private static Task<LoadedImage> BootAsync(GuestHost host, LoadedImage image) =>
        host.Kernel.CreateTemplateAsync(new MachineOptions
        {
            Image = image,
            Observer = new GuestMachine(host.Kernel, int.MaxValue),
            Arguments = ["guest", SecretGuest.SeekWhenReady],
        });

    /// <summary>Looks at all of the memory of a VM that has saved its registers.</summary>
    private static async Task<Sight> LookAsync(GuestHost host, GuestMachine machine)
    {
        using LoadedImage captured = await host.Kernel.CaptureAsync(machine.Id, GuestMachine.Deadline);
        byte[] memory = new byte[AssembledImage.Memory];
        for (uint page = 0; page < memory.Length / PageBytes; page++)
        {
            if (captured.TryGetPage(page, out ReadOnlySpan<byte> contents))
            {
                contents.CopyTo(memory.AsSpan((int)page * PageBytes));
            }
        }

        byte[] tag = Encoding.ASCII.GetBytes(SecretGuest.Tag);
        Span<byte> general = memory.AsSpan((int)SecretGuest.General, 0x100);
        Span<byte> legacy = memory.AsSpan((int)SecretGuest.Legacy, 512);
        return new Sight(
            [
                .. Enumerable.Range(0, memory.Length / PageBytes)
                    .Where(page => memory.AsSpan(page * PageBytes, PageBytes).IndexOf(tag) >= 0)
                    .Select(page => (uint)page),
            ],
            Count(general[..SecretGuest.BasesOffset], tag, 8),
            Count(memory.AsSpan((int)SecretGuest.Vectors, 16 * 32), tag, 8),
            Count(legacy.Slice(32, 8 * 16), tag, 16),
            BinaryPrimitives.ReadUInt64LittleEndian(general[SecretGuest.BasesOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(general[(SecretGuest.BasesOffset + 8)..]),
            BinaryPrimitives.ReadUInt16LittleEndian(legacy),
            BinaryPrimitives.ReadUInt32LittleEndian(legacy[MxcsrOffset..]));
    }

    private static int Count(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> tag, int step)
    {
        int count = 0;
        for (int at = 0; at < bytes.Length; at += step)
        {
            count += bytes.Slice(at, step).IndexOf(tag) >= 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>What a VM sees of secrets.</summary>
    private sealed record Sight(
        IReadOnlyList<uint> Pages,
        int General,
        int Vectors,
        int X87,
        ulong FsBase,
        ulong GsBase,
        ushort X87Control,
        uint Mxcsr);
}
