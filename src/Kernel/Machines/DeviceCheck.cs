// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using Denali.Hardware;
using Denali.Kernel.Templates;

namespace Denali.Kernel.Machines;

/// <summary>Checks that a VM gets the devices that what it is made of needs.</summary>
internal static class DeviceCheck
{
    /// <summary>Checks.</summary>
    /// <param name="options">How the VM is to be made.</param>
    /// <param name="isTemplateSource">Whether it only boots to become a template: then disks can come later.</param>
    /// <exception cref="KernelException">It does not; the message says what to attach.</exception>
    internal static void Check(MachineOptions options, bool isTemplateSource)
    {
        FeatureBits needed = options.Image.Image.Note.RequiredFeatures;
        if (options.Network is null && (needed & FeatureBits.Nic) != 0)
        {
            throw new KernelException("the image needs a network interface: attach the VM to the virtual LAN");
        }

        if (options.Disks.Count == 0 && (needed & FeatureBits.Disk) != 0 && !isTemplateSource)
        {
            throw new KernelException("the image needs a disk: attach one (--disk FILE)");
        }

        if (options.Disks.Count > DiskEntry.MaxCount)
        {
            throw new KernelException($"a VM has at most {DiskEntry.MaxCount} disks: attach fewer");
        }

        if (options.Image.Template is { } template)
        {
            CheckTemplate(options, template, (needed & FeatureBits.Disk) != 0);
        }
    }

    private static void CheckTemplate(MachineOptions options, TemplateFacts template, bool needsDisk)
    {
        if (options.Arguments.Count > 0)
        {
            throw new KernelException(
                "a VM that is made of a template gets no boot arguments: it has booted; give them to the template");
        }

        if (template.HasNetwork != options.Network is not null)
        {
            throw new KernelException(template.HasNetwork
                ? "the template has a network interface: attach the VM to the virtual LAN"
                : "the template has no network interface: make the template with one");
        }

        if (template.DiskSectors is { } sectors)
        {
            CheckSameDisks(options, sectors);
        }
        else if (!needsDisk && template.HasDisks != options.Disks.Count > 0)
        {
            throw new KernelException(template.HasDisks
                ? "the template has a disk: attach one to the VM"
                : "the template has no disk: make the template with one");
        }
    }

    // That they hold the same is for the caller to see to: a disk may be large.
    private static void CheckSameDisks(MachineOptions options, IReadOnlyList<ulong> sectors)
    {
        if (!options.Disks.Select(disk => disk.SectorCount).SequenceEqual(sectors))
        {
            throw new KernelException(
                "the template was made of a VM that had read its disks, and these are others: attach the same");
        }
    }
}
