// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Denali.Bench.Visits;
using Denali.Control.Disks;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;

namespace Denali.Bench;

/// <summary>Any number of web VMs of one template, and visitors on the virtual LAN.</summary>
internal sealed class WebFleet : IMachineObserver, IDisposable
{
    /// <summary>Length of a page: the smallest of those that the http benchmark has.</summary>
    internal const int PageBytes = 612;

    private const ushort Port = 80;

    // If more VMs than this do not answer, those that are left need not be asked.
    private const int SilentMax = 100;

    private static readonly byte[] s_request = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    private static readonly byte[] s_page = MakePage();

    private static readonly TimeSpan s_saveLimit = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
    private readonly KvmEngine _engine = new();
    private readonly DiskImage _disk;
    private readonly LoadedImage _image;
    private readonly int _slotLimit;
    private readonly bool _hasSwapFile;
    private int _ended;

    /// <summary>Boots the template.</summary>
    /// <param name="slotLimit">Most execution slots.</param>
    /// <param name="parkedLimitBytes">What may be kept of parked VMs in memory: what is more goes to a swap file. Null
    /// for no swap file.</param>
    internal WebFleet(int slotLimit, ulong? parkedLimitBytes = null)
    {
        string content = Path.Combine(_folder, "content");
        Directory.CreateDirectory(content);
        File.WriteAllBytes(Path.Combine(content, "index.html"), s_page);
        string file = Path.Combine(_folder, "disk");
        _ = DiskImageBuilder.Build(content, file, 0, CancellationToken.None);
        _disk = DiskImage.Open(file, isReadOnly: true);
        _slotLimit = slotLimit;
        _hasSwapFile = parkedLimitBytes is not null;
        Kernel = new IsolationKernel(_engine, Options(parkedLimitBytes ?? ulong.MaxValue));
        Host = new SwitchHost(Kernel);
        _image = Kernel.Load(BenchGuest.Parse("web"));
        Template = Kernel.CreateTemplateAsync(new MachineOptions
        {
            Image = _image,
            Observer = this,
            Arguments = ["web"],
            Network = new NetworkOptions(),
            Disks = [_disk],
        }).GetAwaiter().GetResult();
    }

    internal IsolationKernel Kernel { get; private set; }

    /// <summary>Where the visitors are.</summary>
    internal SwitchHost Host { get; private set; }

    internal LoadedImage Template { get; }

    /// <summary>VMs that ended.</summary>
    internal int EndedCount => Volatile.Read(ref _ended);

    int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

    void IMachineObserver.OnEnded(MachineExit exit) => Interlocked.Increment(ref _ended);

    /// <summary>Makes VMs that start with their first visitor.</summary>
    internal ulong[] Create(int count)
    {
        MachineOptions options = MachineOptions();
        ulong[] machines = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            machines[i] = Kernel.Create(options);
        }

        return machines;
    }

    /// <summary>Writes all VMs to the swap file. The kernel has to end then.</summary>
    /// <param name="count">How many there are.</param>
    /// <exception cref="KernelException">It does not take all.</exception>
    internal void SaveAll(int count)
    {
        SaveReport report = Kernel.SaveAllAsync(s_saveLimit).GetAwaiter().GetResult();
        if (report.Saved.Count != count)
        {
            throw new KernelException($"{count - report.Saved.Count} of {count} VMs were not saved");
        }
    }

    /// <summary>Ends the kernel, and all its VMs. Another has to follow.</summary>
    internal void End()
    {
        Host.Dispose();
        Kernel.Dispose();
        _ended = 0;
    }

    /// <summary>Starts another kernel that has the same swap file.</summary>
    /// <param name="parkedLimitBytes">What it may keep of parked VMs in memory.</param>
    internal void Restart(ulong parkedLimitBytes = ulong.MaxValue)
    {
        Kernel = new IsolationKernel(_engine, Options(parkedLimitBytes));
        Host = new SwitchHost(Kernel);
    }

    /// <summary>Lets all VMs of the earlier kernel go on.</summary>
    internal void ResumeAll()
    {
        MachineOptions options = MachineOptions();
        foreach (SavedMachine saved in Kernel.SavedMachines)
        {
            _ = Kernel.Resume(saved, options);
        }
    }

    /// <summary>The page of each of some VMs, checked byte by byte.</summary>
    /// <remarks>Which VM answers is known by its address: the switch lets no VM send from another's.</remarks>
    internal PageSet PagesOf(ulong[] machines) => new(
        page => new IpEndpoint(Kernel.Switch.AddressOf(machines[page]), Port), static _ => s_request, PageBytes)
    {
        Content = s_page,
    };

    /// <summary>Visits every one of some VMs, several at a time, each on a connection of its own.</summary>
    /// <returns>How many answered, which is all, and how many seconds that took.</returns>
    /// <exception cref="IOException">One does not answer as it should.</exception>
    internal (long Count, double Seconds) VisitAll(ulong[] machines, int concurrency)
    {
        int next = 0;
        var crew = new ClosedLoop(Host, PagesOf(machines));
        return crew.Run(() => next < machines.Length ? next++ : ClosedLoop.NoPage, concurrency);
    }

    /// <summary>As <see cref="VisitAll"/>, but one that does not answer as it should is only not counted.</summary>
    /// <returns>How many answered, and how many seconds that took.</returns>
    internal (long Answered, double Seconds) AskAll(ulong[] machines, int concurrency) =>
        AskAll(PagesOf(machines), machines.Length, concurrency);

    /// <summary>The same of pages.</summary>
    internal (long Answered, double Seconds) AskAll(PageSet pages, int count, int concurrency)
    {
        int next = 0;
        return new ClosedLoop(Host, pages, SilentMax)
            .Run(() => next < count ? next++ : ClosedLoop.NoPage, concurrency);
    }

    public void Dispose()
    {
        Host.Dispose();
        Kernel.Dispose();
        Template.Dispose();
        _image.Dispose();
        _disk.Dispose();
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private KernelOptions Options(ulong parkedLimitBytes) => new()
    {
        SlotLimit = _slotLimit,
        Swap = _hasSwapFile ? new SwapOptions { Path = Path.Combine(_folder, "swap") } : null,
        ParkedLimitBytes = parkedLimitBytes,
    };

    private MachineOptions MachineOptions() => new()
    {
        Image = Template,
        Observer = this,
        Network = new NetworkOptions(),
        Disks = [_disk],
        StartsWhenNeeded = true,
    };

    // Every so many bytes it says where they are, so that no part of it is taken for another.
    private static byte[] MakePage()
    {
        const int MarkEvery = 64;
        string page = string.Concat(Enumerable.Range(0, (PageBytes + MarkEvery - 1) / MarkEvery)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{i:000}").PadRight(MarkEvery, 'x')));
        return Encoding.ASCII.GetBytes(page[..PageBytes]);
    }
}
