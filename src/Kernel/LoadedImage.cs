// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Denali.Engine;
using Denali.Images;

namespace Denali.Kernel;

/// <summary>
/// What VMs are made of: an image with a memory size, or the state of a VM that has booted (a template). VMs share its
/// memory copy-on-write.
/// </summary>
/// <remarks>Immutable; any thread. VMs that were made of it keep working after it is disposed: it goes with the last of
/// them.</remarks>
public sealed class LoadedImage : IDisposable
{
    private int _references = 1;
    private int _isDisposed;

    private LoadedImage(DenaliImage image, MemoryLayout layout, IMemoryBase memoryBase)
    {
        Image = image;
        Layout = layout;
        Base = memoryBase;
    }

    /// <summary>The image.</summary>
    public DenaliImage Image { get; }

    /// <summary>Where things lie in the VMs' memory.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>Whether VMs made of it start behind the ready instruction, not at the image's entry point.</summary>
    public bool IsBooted { get; private init; }

    /// <summary>Of a template: whether VMs made of it have a network interface.</summary>
    internal bool HasNetwork { get; private init; }

    /// <summary>Of a template: whether VMs made of it have disks.</summary>
    internal bool HasDisks { get; private init; }

    internal IMemoryBase Base { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            RemoveReference();
        }
    }

    /// <summary>Somebody uses it.</summary>
    /// <exception cref="ObjectDisposedException">Nobody did any more.</exception>
    internal void AddReference()
    {
        int before;
        do
        {
            before = Volatile.Read(ref _references);
            ObjectDisposedException.ThrowIf(before == 0, this);
        }
        while (Interlocked.CompareExchange(ref _references, before + 1, before) != before);
    }

    /// <summary>Somebody does not use it any more.</summary>
    internal void RemoveReference()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Base.Dispose();
        }
    }

    /// <summary>Makes a template of the state that a VM of this image is in.</summary>
    internal LoadedImage MakeBooted(IMemoryBase state, bool hasNetwork, bool hasDisks) =>
        new(Image, Layout, state) { IsBooted = true, HasNetwork = hasNetwork, HasDisks = hasDisks };

    /// <summary>Prepares an image on an engine.</summary>
    /// <exception cref="KernelException">The image cannot run with this memory size or on this machine.</exception>
    internal static LoadedImage Create(IExecutionEngine engine, DenaliImage image, ulong memoryBytes)
    {
        if (!DenaliImage.TryResolveMemory(image, memoryBytes, out MemoryLayout layout, out ImageError error))
        {
            throw new KernelException(error.Message);
        }

        if (image.Note.ProcessorLevel > engine.ProcessorLevel)
        {
            throw new KernelException(
                $"the image needs an x86-64-v{image.Note.ProcessorLevel} processor and this one is at level "
                + $"{engine.ProcessorLevel}: build the guest with <DenaliProcessorLevel>{engine.ProcessorLevel}");
        }

        Hardware.FeatureBits missing = image.Note.RequiredFeatures & ~IsolationKernel.KnownFeatures;
        if (missing != 0)
        {
            throw new KernelException(
                $"the image needs a device that this kernel does not have: {missing}; use an image without it");
        }

        var regions = new List<BaseRegion>(image.Segments.Length);
        foreach (ImageSegment segment in image.Segments)
        {
            regions.Add(MakeRegion(image, segment));
        }

        IMemoryBase memoryBase = engine.CreateBase(new BaseDescription
        {
            MemoryBytes = layout.MemoryBytes,
            Entry = image.Entry,
            Regions = regions,
            HeapBase = layout.HeapBase,
            StackAreaBase = layout.StackAreaBase,
            StackBytes = layout.StackBytes,
        });
        return new LoadedImage(image, layout, memoryBase);
    }

    private static BaseRegion MakeRegion(DenaliImage image, ImageSegment segment)
    {
        ReadOnlyMemory<byte> contents = image.File.Slice(segment.FileOffset, segment.FileBytes);
        int lead = (int)(segment.Address - segment.PageBase);
        if (lead != 0)
        {
            byte[] padded = new byte[lead + contents.Length];
            contents.CopyTo(padded.AsMemory(lead));
            contents = padded;
        }

        Permissions permissions = (segment.IsWritable ? Permissions.Write : Permissions.Read)
            | (segment.IsExecutable ? Permissions.Execute : Permissions.Read);
        return new BaseRegion(segment.PageBase, segment.End - segment.PageBase, contents, permissions);
    }
}
