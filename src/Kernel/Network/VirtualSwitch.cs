// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using Denali.Hardware;
using Denali.Kernel.Devices;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// The switched Ethernet between the VMs of a kernel. Each worker switches the frames of its own VMs
/// (<see cref="WorkerNetwork"/>); this is what they share, and what others see of it.
/// </summary>
/// <remarks>All members may be used by any thread.</remarks>
public sealed class VirtualSwitch
{
    /// <summary>Memory of all rings between workers together, as far as the smallest ring allows.</summary>
    private const int RingBudgetBytes = 64 * 1024 * 1024;

    private readonly MachineTable _machines;
    private readonly FrameRing?[][] _rings;
    private readonly FrameRing?[] _injected;
    private readonly Lock[] _injectLocks;
    private readonly int _ringBytes;
    private Worker[] _workers = [];
    private readonly Lock _captureLock = new();
    private readonly HostClock _clock;
    private IKernelPort? _gatewayPort;
    private CaptureWriter? _capture;

    internal VirtualSwitch(KernelOptions options, MachineTable machines, HostClock clock)
    {
        int workerCount = options.WorkerCount;
        _clock = clock;
        Addressing = new SwitchAddressing(options.Lan);
        Tap = options.TapName is { } name ? TapUplink.Open(name, options.TapGroups, workerCount) : null;
        _machines = machines;
        Dhcp = new DhcpPorts(Addressing, () => clock.NowNs, HostAddresses.Has);
        Filter = new FrameFilter(Addressing, Dhcp);
        Responder = new Responder(Addressing);
        int bytes = FrameRing.LargestBytes;
        while (bytes > FrameRing.SmallestBytes && (long)bytes * workerCount * workerCount > RingBudgetBytes)
        {
            bytes /= 2;
        }

        _ringBytes = bytes;
        _injected = new FrameRing?[workerCount];
        _injectLocks = new Lock[workerCount];
        _rings = new FrameRing?[workerCount][];
        for (int i = 0; i < workerCount; i++)
        {
            _rings[i] = new FrameRing?[workerCount];
            _injectLocks[i] = new Lock();
        }
    }

    /// <summary>The addresses of the virtual LAN.</summary>
    public SwitchAddressing Addressing { get; }

    /// <summary>What is behind the gateway's address; null for nothing but answers to echo requests.</summary>
    public IKernelPort? GatewayPort
    {
        get => Volatile.Read(ref _gatewayPort);
        set => Volatile.Write(ref _gatewayPort, value);
    }

    /// <summary>Buffers that hold frames for VMs, on all workers.</summary>
    internal int BuffersInUse
    {
        get
        {
            int sum = 0;
            foreach (Worker worker in _workers)
            {
                sum += worker.Network.BuffersInUse;
            }

            return sum;
        }
    }

    /// <summary>The capture that runs, if any.</summary>
    internal CaptureWriter? Capture => Volatile.Read(ref _capture);

    /// <summary>The TAP interface, if there is one. Then the gateway's addresses are Linux's.</summary>
    internal TapUplink? Tap { get; }

    internal PortTable Ports { get; } = new();

    /// <summary>The VMs that get their address from outside.</summary>
    internal DhcpPorts Dhcp { get; }

    internal FrameFilter Filter { get; }

    internal Responder Responder { get; }

    /// <summary>Sends a frame to the VM that has its destination hardware address, from outside of the VMs.</summary>
    /// <param name="frame">The frame. Its source is the caller's affair.</param>
    /// <returns>
    /// False if there is no room now; then <see cref="IKernelPort.OnRoom"/> is called once there is. A frame for
    /// nobody, or one that is no frame, is dropped as on any wire.
    /// </returns>
    public bool TryInject(in OutgoingFrame frame)
    {
        if (frame.Headers.Length < EthernetHeader.SizeBytes || frame.LengthBytes > FramePool.LargeBytes)
        {
            return true;
        }

        int target = Addressing.FindMac(MacAddress.Read(frame.Headers));
        if (target < 0 || !Ports.TryFind(target, out ulong machineId, out _))
        {
            return true;
        }

        var source = new SpanFrame(frame.Headers, frame.Payload, frame.PayloadTail);
        int owner = Volatile.Read(ref _machines[target].Worker);
        if (WorkerOfThisThread() == owner)
        {
            // What other threads have put in for this worker comes first: the host's stack sends from whichever thread
            // has it, and a frame that overtook another would look like one that was lost.
            WorkerNetwork network = _workers[owner].Network;
            network.TakeInjected();
            ulong timeNs = network.CaptureTimeNs;
            bool isPassed = network.TryInject(target, machineId, source, frame.Offload);
            if (isPassed)
            {
                network.Capture(source, frame.Offload, machineId, 0, timeNs);
            }

            return isPassed;
        }

        var entry = new RingFrame
        {
            LengthBytes = frame.LengthBytes,
            Index = target,
            MachineId = machineId,
            Offload = frame.Offload,
        };
        lock (_injectLocks[owner])
        {
            FrameRing ring = _injected[owner] ?? Create(ref _injected[owner]);
            if (!ring.TryPush(entry, source))
            {
                ring.WaitForRoom();
                if (!ring.TryPush(entry, source))
                {
                    _workers[owner].Network.SignalInbound();
                    _workers[owner].Kick();
                    return false;
                }
            }
        }

        _workers[owner].Network.SignalInbound();
        if (_workers[owner].IsKickNeededFor(target))
        {
            _workers[owner].Kick();
        }

        return true;
    }

    /// <summary>Begins to write the frames of one VM, or of all, into a file; one capture at a time.</summary>
    /// <param name="path">The file. One that is there is replaced.</param>
    /// <param name="machineId">The VM, 0 for all.</param>
    /// <returns>The capture. It goes on until it is disposed, before the kernel is.</returns>
    /// <exception cref="KernelException">The file cannot be written, or there is another capture.</exception>
    public CaptureWriter StartCapture(string path, ulong machineId = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        lock (_captureLock)
        {
            if (_capture is not null)
            {
                throw new KernelException("a capture is running already: end it first");
            }

            FileStream file = CaptureWriter.OpenFile(path, out bool isNew);
            var capture = new CaptureWriter(
                file,
                machineId,
                _clock,
                _rings.Length,
                () => Volatile.Write(ref _capture, null),
                isNew ? path : null);
            Volatile.Write(ref _capture, capture);
            return capture;
        }
    }

    /// <summary>Counters of a VM.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="counters">What it sent, received and lost.</param>
    /// <returns>False if it has no network, or has ended.</returns>
    public bool TryGetCounters(ulong machineId, out NetworkCounters counters)
    {
        bool isThere = _machines.TryFind(machineId, out int index)
            && Ports.TryFind(index, out ulong attached, out _)
            && attached == machineId;
        counters = isThere ? Ports[index].Counters : default;
        return isThere;
    }

    /// <summary>Counters of all VMs together, those that have ended included, and of what had no VM.</summary>
    /// <returns>The sums.</returns>
    public NetworkCounters TotalCounters()
    {
        NetworkCounters sum = default;
        foreach (Worker worker in _workers)
        {
            sum.Add(worker.Network.Total);
        }

        return sum;
    }

    /// <summary>The IPv4 address of a VM.</summary>
    /// <param name="machineId">Its number; its address is that of its place in the kernel's table.</param>
    /// <returns>The address; of a VM with <see cref="NetworkOptions.UseDhcp"/> 0.0.0.0 while it has none.</returns>
    public IpAddress AddressOf(ulong machineId)
    {
        int index = MachineTable.IndexOf(machineId);
        return Dhcp.Find(index)?.Address ?? Addressing.Ipv4Of(index);
    }

    /// <summary>The IPv6 address of a VM.</summary>
    /// <param name="machineId">Its number.</param>
    /// <returns>The address.</returns>
    public IpAddress Ipv6AddressOf(ulong machineId) => Addressing.Ipv6Of(MachineTable.IndexOf(machineId));

    /// <summary>Whether the VM that has an address may reach the world outside. Any thread.</summary>
    internal bool IsOutboundAllowed(IpAddress source)
    {
        int index = Addressing.FindIp(source);
        return index >= 0 && Ports.TryFind(index, out _, out _) && Ports[index].AllowsOutbound;
    }

    /// <summary>The VM that has an IP address now, be it computed or leased.</summary>
    /// <returns>Its index, whether or not there is such a VM, or as <see cref="SwitchAddressing.FindIp"/>.</returns>
    internal int FindIp(IpAddress address)
    {
        int index = Addressing.FindIp(address);
        bool isUnused = address.IsIpv4 && index >= 0 && Dhcp.Find(index) is not null;
        return index == SwitchAddressing.None || isUnused ? Dhcp.FindIp(address) : index;
    }

    /// <summary>Attaches a VM that is about to be handed to its worker.</summary>
    /// <exception cref="KernelException">There is no address for it, or a rate is impossible.</exception>
    internal void Attach(int index, ulong machineId, NetworkOptions options, IMachineObserver observer)
    {
        if (options.UseDhcp && Tap is null)
        {
            throw new KernelException("DHCP needs a network with a server: join the VMs to one by a TAP interface");
        }

        if (index >= Addressing.MachineMax)
        {
            throw new KernelException(
                $"the virtual LAN has no address left for VM {index}: choose a prefix shorter than "
                + $"/{Addressing.Ipv4PrefixLength}");
        }

        Ports.Attach(index, machineId, options);
        if (options.UseDhcp)
        {
            Dhcp.Attach(index, machineId, observer);
        }
    }

    /// <summary>Fills in a VM's network registers.</summary>
    internal void Describe(int index, bool usesDhcp, ref RegisterPage page)
    {
        page.Mtu = NicDevice.Mtu;
        page.MacAddress = FirstByteLowest(SwitchAddressing.MacOf(index).Value << 16);
        if (!usesDhcp)
        {
            page.Ipv4Address = BinaryPrimitives.ReverseEndianness(Addressing.Ipv4Of(index).Ipv4Value);
            page.Ipv4Gateway = BinaryPrimitives.ReverseEndianness(Addressing.Ipv4Gateway.Ipv4Value);
            page.Ipv4PrefixLength = (uint)Addressing.Ipv4PrefixLength;
        }

        IpAddress address = Addressing.Ipv6Of(index);
        page.Ipv6Address0 = FirstByteLowest(address.High);
        page.Ipv6Address1 = FirstByteLowest(address.Low);
        page.Ipv6Gateway0 = FirstByteLowest(Addressing.Ipv6Gateway.High);
        page.Ipv6Gateway1 = FirstByteLowest(Addressing.Ipv6Gateway.Low);
        page.Ipv6PrefixLength = SwitchAddressing.Ipv6PrefixLength;
    }

    /// <summary>Tells who the workers are, before the first of them is started.</summary>
    internal void Connect(Worker[] workers) => _workers = workers;

    /// <summary>The ring from one worker to another, made when it is first needed; for the producer.</summary>
    internal FrameRing RingTo(int from, int to) => _rings[from][to] ?? Create(ref _rings[from][to]);

    /// <summary>The ring from one worker to another, if there is one; for the consumer.</summary>
    internal FrameRing? RingFrom(int from, int to) => Volatile.Read(ref _rings[from][to]);

    /// <summary>What threads that are no workers sent to a worker's VMs, if anything; for the consumer.</summary>
    internal FrameRing? InjectedTo(int worker) => Volatile.Read(ref _injected[worker]);

    private static ulong FirstByteLowest(ulong value) => BinaryPrimitives.ReverseEndianness(value);

    private FrameRing Create(ref FrameRing? place)
    {
        var ring = new FrameRing(_ringBytes);
        Volatile.Write(ref place, ring);
        return ring;
    }

    private int WorkerOfThisThread()
    {
        int thread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < _workers.Length; i++)
        {
            if (_workers[i].ManagedThreadId == thread)
            {
                return i;
            }
        }

        return -1;
    }
}
