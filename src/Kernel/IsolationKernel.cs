// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;
using Denali.Kernel.Swap;
using Denali.Kernel.Templates;
using Denali.Linux;

namespace Denali.Kernel;

/// <summary>
/// The isolation kernel: makes VMs, runs them on its workers, ends them. Everything else in the project stands on it.
/// </summary>
/// <remarks>
/// <para>All public methods may be called from any thread. They set VMs up in the caller's thread and hand them to a
/// worker through its mailbox.</para>
/// <para>Disposing kills what still runs and waits until all memory is given back.</para>
/// </remarks>
public sealed partial class IsolationKernel : IDisposable
{
    /// <summary>The devices that a VM can have.</summary>
    internal const FeatureBits KnownFeatures = FeatureBits.Console | FeatureBits.Nic | FeatureBits.Disk;

    private readonly IExecutionEngine _engine;
    private readonly IGatekeeper _gatekeeper;
    private readonly MachineTable _table = new();
    private readonly SlotPool _slots;
    private readonly Worker[] _workers;
    private readonly Janitor _janitor;
    private readonly JobThreads<DiskJob> _disks = new("denali-disk", () => WorkerDisks.Execute);
    private readonly BlockStore _parked = new();
    private readonly ImageTable _images = new();
    private readonly MachineStart _start;
    private readonly HostClock _clock;
    private readonly SwapSpace? _swap;
    private readonly ulong _parkedLimitBytes;
    private readonly AdmissionLine _line = new(TimeProvider.System);
    private int _isSaving;
    private long _created;
    private bool _disposed;

    /// <summary>Starts a kernel.</summary>
    /// <param name="engine">What runs the guests; the caller disposes it after the kernel.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="KernelException">A setting is impossible, or the TAP interface cannot be made.</exception>
    public IsolationKernel(IExecutionEngine engine, KernelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        options ??= new KernelOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WorkerCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SlotLimit, 1);

        // First, because these may be refused.
        _parkedLimitBytes = options.ParkedLimitBytes;
        _swap = options.Swap is { } swap ? new SwapSpace(swap, _parked, options.ParkedLimitBytes) : null;
        _clock = new HostClock(engine.TscKhz, _swap?.File.LastSavedNs ?? 0);
        try
        {
            Switch = new VirtualSwitch(options, _table, _clock);
        }
        catch
        {
            _swap?.Dispose();
            throw;
        }

        _table.Reserve(SavedMachines.Select(saved => saved.Id));
        _engine = engine;
        _gatekeeper = options.Gatekeeper;
        _slots = new SlotPool(engine, options.SlotLimit);
        _janitor = new Janitor(_table, _slots, _gatekeeper, _parked, _images, _swap);
        _start = new MachineStart(_table, Switch, _clock);
        var context = new WorkerContext
        {
            Table = _table,
            Slots = _slots,
            Clock = _clock,
            Gatekeeper = _gatekeeper,
            Account = new MemoryAccount(_table, _gatekeeper),
            Janitor = _janitor,
            Switch = Switch,
            InterruptDelivery = options.InterruptDelivery,
            Disks = _disks,
            Parked = _parked,
            Images = _images,
            Start = _start,
            Swap = _swap,
        };
        _workers = Enumerable.Range(0, options.WorkerCount)
            .Select(index => new Worker(index, context, CreatePolicy(options), options.WorkerCount))
            .ToArray();
        context.Workers = _workers;
        Switch.Connect(_workers);
        _slots.Wanted = SignalSlots;
        _slots.Freed = SignalSlots;
        foreach (Worker worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>How long <see cref="CaptureAsync"/> waits by default until the VM idles.</summary>
    public static TimeSpan CaptureLimit { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Kernel memory per VM besides its execution slot, in bytes.</summary>
    public static int RecordBytes => MachineTable.RecordBytes;

    /// <summary>
    /// VMs that exist, from their creation until their memory was given back, just before their observer is told.
    /// </summary>
    public int MachineCount => _table.Count;

    /// <summary>How VMs came and went between slots since the start.</summary>
    public SlotUsage SlotUsage
    {
        get
        {
            ulong binds = 0;
            ulong parks = 0;
            ulong pages = 0;
            foreach (Worker worker in _workers)
            {
                ResidencyCounters counters = worker.Residency.Counters;
                binds += Volatile.Read(ref counters.Binds);
                parks += Volatile.Read(ref counters.Parks);
                pages += Volatile.Read(ref counters.ParkedPages);
            }

            return new SlotUsage(_slots.LiveCount, _slots.Limit, binds, parks, pages, (ulong)_parked.Bytes);
        }
    }

    /// <summary>The virtual LAN.</summary>
    public VirtualSwitch Switch { get; }

    /// <summary>Its workers.</summary>
    internal IReadOnlyList<Worker> Workers => _workers;

    /// <summary>The clock that VMs see.</summary>
    internal HostClock Clock => _clock;

    /// <summary>Prepares an image for a memory size.</summary>
    /// <param name="image">The image.</param>
    /// <param name="memoryBytes">Memory size in bytes, or 0 for what the image asks for.</param>
    /// <returns>What VMs are made of; the caller disposes it.</returns>
    /// <exception cref="KernelException">It cannot run here; the message says why.</exception>
    /// <exception cref="EngineException">The host has no memory left.</exception>
    public LoadedImage Load(DenaliImage image, ulong memoryBytes = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        return LoadedImage.Create(_engine, image, memoryBytes);
    }

    /// <summary>Makes execution slots, so that the next VMs find one at hand.</summary>
    /// <param name="memoryBytes">Memory size of those VMs.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="EngineException">The host cannot make as many.</exception>
    public void PrepareSlots(ulong memoryBytes, int count)
    {
        var rented = new List<int>(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                rented.Add(_slots.Rent(memoryBytes));
            }
        }
        finally
        {
            rented.ForEach(_slots.Return);
        }
    }

    /// <summary>
    /// Boots a VM until it is ready, and makes a template of it: VMs that are made of the template start there.
    /// </summary>
    /// <param name="options">How the VM is to be made. Its observer is not told anything. It can do without the disks
    /// that its image needs, if the guest is ready before it looks at them: then clones can have any.</param>
    /// <param name="cancellation">Kills the VM if it is not ready by then.</param>
    /// <returns>Completes with the template, when the VM is gone; the caller disposes it.</returns>
    /// <exception cref="KernelException">It was not let in; or, when awaited, it ended before it was ready.</exception>
    /// <exception cref="EngineException">The host cannot make a slot; or, when awaited, the template.</exception>
    public Task<LoadedImage> CreateTemplateAsync(MachineOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = new TemplateBuilder(options, _clock);
        ulong id = Create(options, builder, isTemplateSource: true);
        CancellationTokenRegistration kill = cancellation.Register(() => Kill(id));
        _ = builder.Done.ContinueWith(_ => kill.Dispose(), TaskScheduler.Default);
        return builder.Done;
    }

    /// <summary>
    /// Makes a template of a VM that runs, as soon as it idles. The VM goes on as if nothing had happened. A clone
    /// knows what the VM knew; what connections the VM had are reset in it.
    /// </summary>
    /// <param name="machineId">The VM. One that is parked is woken for it.</param>
    /// <param name="limit">How long to wait until it idles; by default <see cref="CaptureLimit"/>.</param>
    /// <returns>Completes with the template; the caller disposes it.</returns>
    /// <exception cref="KernelException">The VM has ended, or did not idle within the limit.</exception>
    /// <exception cref="EngineException">The host has no memory left.</exception>
    public async Task<LoadedImage> CaptureAsync(ulong machineId, TimeSpan? limit = null)
    {
        TimeSpan patience = limit ?? CaptureLimit;
        var capture = new MachineRequest<LoadedImage>("captured");
        return await AskAsync(
            machineId,
            capture,
            index => new WorkerCommand
            {
                Index = index,
                MachineId = machineId,
                Kind = WorkerCommandKind.Capture,
                Capture = capture,
            },
            patience,
            $"VM {machineId} did not idle within {patience.TotalSeconds} s: capture it when it has less to do")
            .ConfigureAwait(false);
    }

    /// <summary>Keeps a template in a file, for this and later processes.</summary>
    /// <param name="template">The template.</param>
    /// <param name="path">The file. One that is there is replaced once the new one is on the disk.</param>
    /// <exception cref="KernelException">It is no template, or it cannot be written; then nothing is left of
    /// it.</exception>
    public void SaveTemplate(LoadedImage template, string path)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (!template.IsBooted)
        {
            throw new KernelException("an image is a file already: only a template can be saved");
        }

        TemplateWriter.Write(template, _engine.ProcessorLevel, path);
    }

    /// <summary>Reads a template back.</summary>
    /// <param name="image">The image that it is of.</param>
    /// <param name="path">What <see cref="SaveTemplate"/> wrote.</param>
    /// <returns>The template, with the key that it had; the caller disposes it.</returns>
    /// <exception cref="KernelException">It is damaged, or of another image, or for another processor or version: the
    /// message says which. It has to be made again.</exception>
    /// <exception cref="EngineException">The host has no memory left.</exception>
    public LoadedImage LoadTemplate(DenaliImage image, string path)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(path);
        return TemplateReader.Read(_engine, _clock.NowNs, image, path);
    }

    /// <summary>
    /// Makes a VM and lets it run. A VM that is made of an image needs a slot at once: if all are taken by VMs that do
    /// not idle, this waits for up to ten seconds. Not to be called by an observer.
    /// </summary>
    /// <param name="options">How.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="KernelException">It was not let in, or its arguments are too long.</exception>
    /// <exception cref="EngineException">The host cannot make a slot.</exception>
    public ulong Create(MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(options, options.Observer, isTemplateSource: false);
    }

    /// <summary>As <see cref="Create(MachineOptions)"/>, but waits in line until there is memory for it.</summary>
    /// <param name="options">How.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Waits no longer.</param>
    /// <returns>Completes with its number.</returns>
    /// <exception cref="KernelException">It was not let in within that time, too many wait already, or its arguments
    /// are too long.</exception>
    /// <exception cref="OperationCanceledException">It was not let in before the wait was given up.</exception>
    /// <exception cref="EngineException">The host cannot make a slot.</exception>
    public async Task<ulong> CreateAsync(
        MachineOptions options, TimeSpan patience, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckOpen();
        byte[] arguments = CheckOptions(options, isTemplateSource: false);
        if (_line.Count > 0 || Admit(options) is not null)
        {
            await WaitInLineAsync(options, patience, cancellation).ConfigureAwait(false);
        }

        return Build(options, options.Observer, isTemplateSource: false, arguments);
    }

    /// <summary>Asks a VM to end, by its terminate interrupt. It may ignore that.</summary>
    /// <param name="machineId">The VM; nothing happens if it has ended.</param>
    public void RequestTermination(ulong machineId) => Interrupt(machineId, InterruptBits.Terminate);

    /// <summary>Ends a VM at once.</summary>
    /// <param name="machineId">The VM; nothing happens if it has ended.</param>
    public void Kill(ulong machineId) => Post(machineId, WorkerCommandKind.Kill);

    /// <summary>Gives console input to a VM.</summary>
    /// <param name="machineId">The VM; nothing happens if it has ended.</param>
    /// <param name="input">The bytes. What its ring has no room for waits in the kernel's memory: the caller bounds it,
    /// by sending more only after <see cref="IMachineObserver.OnConsoleInputTaken"/>.</param>
    public void SendConsoleInput(ulong machineId, ReadOnlyMemory<byte> input) =>
        Post(machineId, WorkerCommandKind.Input, input: input);

    /// <summary>Tells that an observer which had refused output can take more.</summary>
    /// <param name="machineId">The VM; nothing happens if it has ended.</param>
    public void ResumeConsole(ulong machineId) => Post(machineId, WorkerCommandKind.ResumeConsole);

    /// <summary>Tells what a VM uses now.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="usage">A copy; its numbers are read one after the other while they go on changing.</param>
    /// <returns>False if it has ended.</returns>
    public bool TryGetUsage(ulong machineId, out MachineUsage usage)
    {
        usage = default;
        if (!_table.TryFind(machineId, out int index))
        {
            return false;
        }

        ref MachineRecord record = ref _table[index];
        usage = new MachineUsage(
            Volatile.Read(ref record.ChargedBytes),
            Volatile.Read(ref record.LimitBytes),
            Volatile.Read(ref record.CpuNs),
            Volatile.Read(ref record.ExitCount));

        // If its record went to another VM meanwhile, these are that one's numbers.
        return _table.TryFind(machineId, out _);
    }

    /// <summary>Kills all VMs, waits for their end, and stops the workers.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _disks.Dispose();
        _swap?.Threads.Dispose();
        Array.ForEach(_workers, worker => worker.RequestStop());
        Array.ForEach(_workers, worker => worker.Join());
        Array.ForEach(_workers, worker => worker.KillAll());
        _janitor.Stop();
        Switch.Tap?.Dispose();
        _slots.Dispose();
        _swap?.Dispose();
        _table.Dispose();
    }

    internal void Interrupt(ulong machineId, InterruptBits interrupts) =>
        Post(machineId, WorkerCommandKind.Interrupt, interrupts);

    private ISchedulingPolicy CreatePolicy(KernelOptions options) =>
        options.InterruptDelivery == InterruptDelivery.Immediate
            ? new ImmediatePolicy(_table)
            : new RoundRobinPolicy(_table);

    private static byte[] EncodeArguments(IReadOnlyList<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (argument.Contains('\0', StringComparison.Ordinal))
            {
                throw new KernelException("a boot argument contains a NUL character: leave it out");
            }
        }

        byte[] encoded = Encoding.UTF8.GetBytes(string.Concat(arguments.Select(argument => argument + '\0')));
        return encoded.Length <= AddressMap.ArgumentsMaxBytes
            ? encoded
            : throw new KernelException(
                $"the boot arguments take {encoded.Length} bytes, and {AddressMap.ArgumentsMaxBytes} is the most: "
                + "pass less, or put it into a file");
    }

    private ulong Create(MachineOptions options, IMachineObserver observer, bool isTemplateSource)
    {
        CheckOpen();
        byte[] arguments = CheckOptions(options, isTemplateSource);

        // Who comes now does not overtake those who wait.
        string? refusal = _line.Count > 0 ? AdmissionLine.OthersWait : Admit(options);
        return refusal is null
            ? Build(options, observer, isTemplateSource, arguments)
            : throw new KernelException(refusal);
    }

    // Apart from its caller, which makes no objects for a VM that is let in at once.
    private Task WaitInLineAsync(MachineOptions options, TimeSpan patience, CancellationToken cancellation) =>
        _line.RunAsync(() => Admit(options), patience, cancellation);

    private static byte[] CheckOptions(MachineOptions options, bool isTemplateSource)
    {
        byte[] arguments = EncodeArguments(options.Arguments);
        ulong charged = options.Image.Base.ChargedBytes;
        ulong limit = LimitOf(options);
        if (charged > limit)
        {
            throw new KernelException(
                $"the limit of {limit} bytes is below the {charged} that the image needs at once: raise it");
        }

        DeviceCheck.Check(options, isTemplateSource);
        return arguments;
    }

    private static ulong LimitOf(MachineOptions options) =>
        options.LimitBytes == 0 ? options.Image.Layout.MemoryBytes : options.LimitBytes;

    // A clone has no slot and no memory of its own until it runs.
    private static ulong HeldAtOnce(LoadedImage image) => image.IsBooted ? 0 : image.Base.ChargedBytes;

    /// <summary>Asks the gatekeeper and the VM's group to let it in.</summary>
    /// <returns>Why not, or null if it is in.</returns>
    private string? Admit(MachineOptions options)
    {
        CheckOpen();
        if (_swap is { IsRefusing: true, IsFull: true })
        {
            // A clone takes no memory at first. It would all the same end up among those that have no place to go.
            return "VMs that idle take all the memory that is kept for them, and the swap file is full or its disk "
                + "refuses: end VMs, mend the disk, or allow the swap file more";
        }

        ulong charged = options.Image.Base.ChargedBytes;
        if (!_gatekeeper.TryAdmit(charged, out string refusal))
        {
            return refusal;
        }

        if (options.Group is { } group && !group.TryAdmit(charged, out refusal))
        {
            _gatekeeper.Release(charged);
            return refusal;
        }

        // What it does not take yet it could have.
        _gatekeeper.Uncharge(charged - HeldAtOnce(options.Image));
        return null;
    }

    private ulong Build(
        MachineOptions options, IMachineObserver observer, bool isTemplateSource, byte[] arguments)
    {
        LoadedImage image = options.Image;
        ulong charged = image.Base.ChargedBytes;
        ulong held = HeldAtOnce(image);
        int index = MachineRecord.None;
        int imageNumber = MachineRecord.None;
        int slot = MachineRecord.None;
        try
        {
            index = _table.Rent();
            if (index == MachineRecord.None)
            {
                throw new KernelException($"the kernel holds its most VMs ({MachineTable.Capacity}): end some first");
            }

            imageNumber = _images.Acquire(image);
            ref MachineRecord record = ref _table[index];
            record.Image = imageNumber;
            record.HasNetwork = options.Network is not null;
            record.UsesDhcp = options.Network is { UseDhcp: true };
            record.HasDisks = options.Disks.Count > 0;
            record.HasUsedDisks = image.Template?.DiskSectors is not null;
            record.ChargedBytes = charged;
            record.HeldBytes = held;
            record.LimitBytes = LimitOf(options);
            record.IsFresh = image.IsBooted;
            record.IsTemplateSource = isTemplateSource;
            _table.Equip(index, observer, options.Disks, options.Group);
            if (!image.IsBooted)
            {
                slot = _slots.Rent(image.Layout.MemoryBytes);
                _slots[slot].Bind(image.Base);
                _start.Write(index, _slots[slot], image);
                MachineStart.WriteArguments(_slots[slot], arguments);
                record.Slot = slot;
            }

            return HandOver(index, options.Network, image.IsBooted && options.StartsWhenNeeded);
        }
        catch
        {
            Undo(index, imageNumber, slot, held);
            options.Group?.Release(charged);
            throw;
        }
    }

    /// <summary>Gives back what a VM had that cannot be made after all.</summary>
    private void Undo(int index, int imageNumber, int slot, ulong held)
    {
        if (slot != MachineRecord.None)
        {
            // It may be bound, in whole or in part.
            _slots.Discard(slot);
        }

        if (index != MachineRecord.None)
        {
            _table.Return(index);
        }

        if (imageNumber != MachineRecord.None)
        {
            _images.Release(imageNumber);
        }

        _gatekeeper.Release(held);
    }

    /// <summary>Gives a VM that is set up to a worker.</summary>
    /// <returns>Its number: it may have ended already.</returns>
    private ulong HandOver(int index, NetworkOptions? network, bool startsWhenNeeded)
    {
        ref MachineRecord record = ref _table[index];
        ulong id = record.MachineId;
        Worker worker = _workers[(int)((ulong)Interlocked.Increment(ref _created) % (ulong)_workers.Length)];
        record.Worker = worker.Index;
        if (startsWhenNeeded)
        {
            // Its worker hears of it when something happens for it, which may be as soon as it is on the LAN.
            record.State = MachineState.Idle;
            Interlocked.MemoryBarrier();
        }

        if (network is not null)
        {
            Switch.Attach(index, id, network, _table.Observer(index));
        }

        if (!startsWhenNeeded)
        {
            worker.Post(new WorkerCommand { Index = index, MachineId = id, Kind = WorkerCommandKind.Adopt });
        }

        return id;
    }

    private void SignalSlots()
    {
        foreach (Worker worker in _workers)
        {
            if (worker.ManagedThreadId != Environment.CurrentManagedThreadId)
            {
                worker.SignalSlots();
            }
        }
    }

    private void Post(
        ulong machineId,
        WorkerCommandKind kind,
        InterruptBits interrupts = InterruptBits.None,
        ReadOnlyMemory<byte> input = default)
    {
        if (_table.TryFind(machineId, out int index))
        {
            _workers[Volatile.Read(ref _table[index].Worker)].Post(new WorkerCommand
            {
                Index = index,
                MachineId = machineId,
                Kind = kind,
                Interrupts = interrupts,
                Input = input,
            });
        }
    }
}
