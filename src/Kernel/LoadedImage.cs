// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Denali.Engine;
using Denali.Images;
using Denali.Kernel.Templates;

namespace Denali.Kernel;

/// <summary>
/// What VMs are made of: an image with a memory size, or the state of a VM that has booted (a template). VMs share its
/// memory copy-on-write.
/// </summary>
/// <remarks>Immutable; any thread. VMs that were made of it keep working after it is disposed: it goes with the last of
/// them.</remarks>
public sealed class LoadedImage : IDisposable
{
    private readonly Lazy<UInt128> _key;
    private int _references = 1;
    private int _isDisposed;

    private LoadedImage(DenaliImage image, MemoryLayout layout, IMemoryBase memoryBase)
    {
        Image = image;
        Layout = layout;
        Base = memoryBase;
        _key = new Lazy<UInt128>(() => BaseKey.Of(this));
    }

    /// <summary>The image.</summary>
    public DenaliImage Image { get; }

    /// <summary>Where things lie in the VMs' memory.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>
    /// What VMs made of it start with, as a number: two of the same key are the same, in another process too. What was
    /// saved of a VM as differences holds only for the key of what the VM was made of.
    /// </summary>
    /// <remarks>Of a template it is computed when first asked for, which takes a millisecond for each MiB.</remarks>
    public UInt128 Key => _key.Value;

    /// <summary>Whether VMs made of it start behind the ready or the idle instruction, not at the image's entry
    /// point.</summary>
    public bool IsBooted => Template is not null;

    /// <summary>Of a template: boot arguments of the VM that was captured; none if it was running already.</summary>
    public IReadOnlyList<string> BootArguments => Template?.Arguments ?? [];

    /// <summary>Of a template: what else is known of it.</summary>
    internal TemplateFacts? Template { get; private init; }

    internal IMemoryBase Base { get; }

    /// <summary>Contents of a page before any VM has written there.</summary>
    /// <param name="page">Its number, counted from address 0.</param>
    /// <param name="contents">The page, as long as this is not disposed.</param>
    /// <returns>False if it is all zeros.</returns>
    public bool TryGetPage(uint page, out ReadOnlySpan<byte> contents) => Base.TryGetPage(page, out contents);

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
    internal LoadedImage MakeBooted(IMemoryBase state, TemplateFacts facts) =>
        new(Image, Layout, state) { Template = facts };

    /// <summary>Prepares an image on an engine.</summary>
    /// <exception cref="KernelException">The image cannot run with this memory size or on this machine.</exception>
    internal static LoadedImage Create(IExecutionEngine engine, DenaliImage image, ulong memoryBytes)
    {
        if (!DenaliImage.TryResolveMemory(image, memoryBytes, out MemoryLayout layout, out ImageError error))
        {
            throw new KernelException(error.Message);
        }

        CheckNeeds(engine, image);
        return new LoadedImage(image, layout, engine.CreateBase(Describe(image, layout)));
    }

    /// <summary>Prepares an image of whose VM the state is known.</summary>
    /// <exception cref="KernelException">The image cannot run on this machine.</exception>
    internal static LoadedImage CreateBooted(
        IExecutionEngine engine, DenaliImage image, in MemoryLayout layout, BaseState state, TemplateFacts facts)
    {
        CheckNeeds(engine, image);
        IMemoryBase memoryBase = engine.CreateBase(Describe(image, layout), state);
        return new LoadedImage(image, layout, memoryBase) { Template = facts };
    }

    private static void CheckNeeds(IExecutionEngine engine, DenaliImage image)
    {
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
    }

    private static BaseDescription Describe(DenaliImage image, in MemoryLayout layout)
    {
        var regions = new List<BaseRegion>(image.Segments.Length);
        foreach (ImageSegment segment in image.Segments)
        {
            regions.Add(MakeRegion(image, segment));
        }

        return new BaseDescription
        {
            MemoryBytes = layout.MemoryBytes,
            Entry = image.Entry,
            Regions = regions,
            HeapBase = layout.HeapBase,
            StackAreaBase = layout.StackAreaBase,
            StackBytes = layout.StackBytes,
        };
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
