package simulator

// Methods that the simulator lacks, compiled into its package by "go build -overlay": host power, guest reboot, and the
// search by UUID that finds all.

import (
	"time"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

var (
	// LabHostPower is how long a host takes from its shutdown task to being gone.
	LabHostPower time.Duration
	// LabHostGone is what a standalone host does then: its API goes with it.
	LabHostGone func()
)

func (h *HostSystem) ShutdownHostTask(ctx *Context, req *types.ShutdownHost_Task) soap.HasFault {
	return &methods.ShutdownHost_TaskBody{Res: &types.ShutdownHost_TaskResponse{
		Returnval: h.labPower("shutdownHost", req.Force, false),
	}}
}

func (h *HostSystem) RebootHostTask(ctx *Context, req *types.RebootHost_Task) soap.HasFault {
	return &methods.RebootHost_TaskBody{Res: &types.RebootHost_TaskResponse{
		Returnval: h.labPower("rebootHost", req.Force, true),
	}}
}

func (h *HostSystem) labPower(name string, force bool, back bool) types.ManagedObjectReference {
	task := CreateTask(h, name, func(*Task) (types.AnyType, types.BaseMethodFault) {
		if !force && !h.Runtime.InMaintenanceMode {
			return nil, &types.InvalidState{}
		}
		time.AfterFunc(LabHostPower, func() { h.labGone(back) })
		return nil, nil
	})
	return task.Run()
}

// The VMs that still run lose their power with their host.
func (h *HostSystem) labGone(back bool) {
	if LabHostGone != nil {
		LabHostGone()
		return
	}
	for _, r := range h.Vm {
		if vm, ok := Map.Get(r).(*VirtualMachine); ok {
			Map.Update(vm, []types.PropertyChange{
				{Name: "runtime.powerState", Val: types.VirtualMachinePowerStatePoweredOff},
				{Name: "summary.runtime.powerState", Val: types.VirtualMachinePowerStatePoweredOff},
			})
		}
	}
	h.labState(types.HostSystemConnectionStateNotResponding, types.HostSystemPowerStateUnknown)
	if back {
		time.AfterFunc(3*LabHostPower, func() {
			h.labState(types.HostSystemConnectionStateConnected, types.HostSystemPowerStatePoweredOn)
		})
	}
}

func (h *HostSystem) labState(connection types.HostSystemConnectionState, power types.HostSystemPowerState) {
	Map.Update(h, []types.PropertyChange{
		{Name: "runtime.connectionState", Val: connection},
		{Name: "summary.runtime.connectionState", Val: connection},
		{Name: "runtime.powerState", Val: power},
		{Name: "summary.runtime.powerState", Val: power},
	})
}

func (vm *VirtualMachine) RebootGuest(ctx *Context, req *types.RebootGuest) soap.HasFault {
	body := &methods.RebootGuestBody{}
	if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		body.Fault_ = Fault("", &types.InvalidPowerState{
			RequestedState: types.VirtualMachinePowerStatePoweredOn,
			ExistingState:  vm.Runtime.PowerState,
		})
		return body
	}
	body.Res = new(types.RebootGuestResponse)
	return body
}

func (s *SearchIndex) FindAllByUuid(req *types.FindAllByUuid) soap.HasFault {
	body := &methods.FindAllByUuidBody{Res: new(types.FindAllByUuidResponse)}
	one := s.FindByUuid(&types.FindByUuid{Uuid: req.Uuid, VmSearch: req.VmSearch, InstanceUuid: req.InstanceUuid})
	if found := one.(*methods.FindByUuidBody).Res.Returnval; found != nil {
		body.Res.Returnval = []types.ManagedObjectReference{*found}
	}
	return body
}

func (t *Task) CancelTask(req *types.CancelTask) soap.HasFault {
	return &methods.CancelTaskBody{Res: new(types.CancelTaskResponse)}
}
