// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Disks;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;

namespace Denali.Bench;

/// <summary>Any number of web VMs of one template, and a visitor on the virtual LAN.</summary>
internal sealed class WebFleet : IMachineObserver, IDisposable
{
    private const ushort Port = 80;
    private const int PageBytes = 612;

    private static readonly byte[] s_request = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
    private readonly KvmEngine _engine = new();
    private readonly DiskImage _disk;
    private readonly LoadedImage _image;
    private int _ended;

    /// <summary>Boots the template.</summary>
    /// <param name="slotLimit">Most execution slots.</param>
    internal WebFleet(int slotLimit)
    {
        string content = Path.Combine(_folder, "content");
        Directory.CreateDirectory(content);
        File.WriteAllBytes(Path.Combine(content, "index.html"), MakePage());
        string file = Path.Combine(_folder, "disk");
        _ = DiskImageBuilder.Build(content, file, 0, CancellationToken.None);
        _disk = DiskImage.Open(file, isReadOnly: true);
        Kernel = new IsolationKernel(_engine, new KernelOptions { SlotLimit = slotLimit });
        Network = new HostNetwork(Kernel);
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

    internal IsolationKernel Kernel { get; }

    internal HostNetwork Network { get; }

    internal LoadedImage Template { get; }

    /// <summary>VMs that ended.</summary>
    internal int EndedCount => Volatile.Read(ref _ended);

    int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

    void IMachineObserver.OnEnded(MachineExit exit) => Interlocked.Increment(ref _ended);

    /// <summary>Makes VMs that start with their first visitor.</summary>
    internal ulong[] Create(int count)
    {
        var options = new MachineOptions
        {
            Image = Template,
            Observer = this,
            Network = new NetworkOptions(),
            Disks = [_disk],
            StartsWhenNeeded = true,
        };
        ulong[] machines = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            machines[i] = Kernel.Create(options);
        }

        return machines;
    }

    /// <summary>Asks a VM for its page, on a connection of its own.</summary>
    /// <returns>Microseconds until the first byte of the answer, and until all of it.</returns>
    internal async Task<(double First, double All)> VisitAsync(ulong machine, CancellationToken cancellation)
    {
        TimeProvider time = TimeProvider.System;
        byte[] buffer = new byte[2048];
        long begin = time.GetTimestamp();
        var address = new IpEndpoint(Kernel.Switch.AddressOf(machine), Port);
        await using HostStream stream = await Network.ConnectAsync(address, cancellation);
        await stream.WriteAsync(s_request, cancellation);
        int count = await stream.ReadAsync(buffer, cancellation);
        double first = time.GetElapsedTime(begin).TotalMicroseconds;
        int expected = PageBytes + (Encoding.ASCII.GetString(buffer, 0, count)
            .IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4);
        while (count < expected)
        {
            int more = await stream.ReadAsync(buffer.AsMemory(count), cancellation);
            if (more == 0)
            {
                throw new IOException($"VM {machine} ended its answer early");
            }

            count += more;
        }

        if (count != expected || !buffer.AsSpan().StartsWith("HTTP/1.1 200 "u8))
        {
            throw new IOException($"VM {machine} answered something else");
        }

        return (first, time.GetElapsedTime(begin).TotalMicroseconds);
    }

    /// <summary>Visits every one of some VMs, several at a time.</summary>
    internal async Task VisitAllAsync(ulong[] machines, int concurrency) =>
        await Parallel.ForEachAsync(
            machines,
            new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (machine, cancellation) => _ = await VisitAsync(machine, cancellation));

    public void Dispose()
    {
        Network.Dispose();
        Kernel.Dispose();
        Template.Dispose();
        _image.Dispose();
        _disk.Dispose();
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static byte[] MakePage()
    {
        byte[] page = new byte[PageBytes];
        Array.Fill(page, (byte)'x');
        return page;
    }
}
